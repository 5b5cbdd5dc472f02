package certs

// Windows keeps its roots in the registry and fetches most of them on first
// use: there is no complete list to read.
var (
	platformFiles []string
	platformDirs  []string
)

const platformHint = "Windows keeps them in its certificate store; name a PEM file in SSL_CERT_FILE"
