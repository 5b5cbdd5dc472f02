package certs

// Keys of the attributes that are logged.
const (
	keyPath        = "path"
	keyMode        = "mode"
	keyNotAfter    = "not_after"
	keyOldNotAfter = "old_not_after"
	keyError       = "error"
)
