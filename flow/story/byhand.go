package story

import (
	"slices"

	"authscope/jwtview"
)

// metadataFrom reads a discovery document, or none, under the endpoints that the person gave: those win. Without a
// document the issuer is the one in the settings.
func (s *Story) metadataFrom(received jwtview.Value) *Metadata {
	v := jwtview.Value{Kind: jwtview.Object, Members: slices.Clone(received.Members)}
	set := func(name, value string) {
		v.Members = slices.DeleteFunc(v.Members, func(m jwtview.Member) bool { return m.Name == name })
		v.Members = append(v.Members, jwtview.Member{Name: name, Value: jwtview.Value{Kind: jwtview.String, Text: value}})
	}
	if received.Kind != jwtview.Object && s.settings.Issuer != "" {
		set("issuer", s.settings.Issuer)
	}
	var byHand []string
	for name, value := range s.settings.Endpoints.All() {
		set(name, value)
		byHand = append(byHand, name)
	}
	m := ParseMetadata(v)
	m.JSON, m.ByHand = received, byHand
	return m
}

// IsByHand reports whether the endpoint of this name was given by the person.
func (m *Metadata) IsByHand(name string) bool { return m != nil && slices.Contains(m.ByHand, name) }
