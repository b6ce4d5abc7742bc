package diagnose

// Without returns a Reader that leaves the rule called id out.
func Without(id string) Reader { return Reader{without: id} }
