package admin

// Routes are the calls of the API as "METHOD /path", prefixed, and those of
// them that only some may make.
func Routes() (all []string, restricted map[string]bool) {
	restricted = make(map[string]bool)
	for i := range routes {
		name := routes[i].method + " " + prefix + routes[i].path
		all = append(all, name)
		restricted[name] = routes[i].access == guarded
	}
	return all, restricted
}
