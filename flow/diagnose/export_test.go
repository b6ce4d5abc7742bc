package diagnose

// Without returns a Reader that leaves the rule called id out.
func Without(id string) Reader { return Reader{without: id} }

// Subjects returns the ids of the rules that say what their findings speak of.
func Subjects() (ids []string) {
	for id := range subjects {
		ids = append(ids, id)
	}
	return ids
}
