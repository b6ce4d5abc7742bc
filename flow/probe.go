package flow

import (
	"context"
	"crypto/tls"
	"errors"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// maxProbed bounds how many issuers are asked: what was pasted can suggest no end of them.
const maxProbed = 8

// Probed is what came of asking for a tenant's metadata.
type Probed struct {
	Issuer   string          // the one that answered, as it was asked; "" if none did
	Metadata *story.Metadata // nil if none was read
	Err      error           // why none of them is an issuer; the likeliest one's reason
	Others   int             // how many more were asked in vain

	Untrusted bool // one showed a certificate that this machine does not trust
}

// Probe asks which of issuers, the likeliest first, is one: the first whose metadata names it (OpenID Connect Discovery 1.0
// §4.3, RFC 8414 §3.3). It is a session of its own, whose trace nobody sees: what it learns is for filling in a form, and a
// run asks again.
func Probe(ctx context.Context, env Env, issuers ...string) (p Probed) {
	if len(issuers) == 0 {
		return Probed{Err: errors.New("there is no issuer to ask")}
	}
	for i, issuer := range issuers[:min(len(issuers), maxProbed)] {
		if err := checkIssuer(issuer); err != nil {
			p.fail(i, err)
			continue
		}
		s := NewSession(Config{Settings: trace.Settings{Issuer: issuer, ClientAuth: trace.AuthNone}}, env)
		err := Run(ctx, s, Login[:1], Hooks{})
		var md *story.Metadata
		s.Read(func(st *story.Story) { md = st.Metadata() })
		s.Close()
		if err == nil {
			return Probed{Issuer: issuer, Metadata: md}
		}
		if md != nil && md.JSON.Kind == jwtview.Object && p.Metadata == nil {
			p.Metadata = md // of another issuer than was asked, which may still help
		}
		p.fail(i, err)
		if ctx.Err() != nil {
			break
		}
	}
	return p
}

// fail notes why one of them is no issuer. The first reason stays: it is that of the likeliest.
func (p *Probed) fail(i int, err error) {
	p.Others = i
	var bad *tls.CertificateVerificationError
	p.Untrusted = p.Untrusted || errors.As(err, &bad)
	if p.Err == nil {
		p.Err = errors.New(Reason(err))
	}
}
