//go:build !unix && !windows

package certs

var (
	platformFiles []string
	platformDirs  []string
)

const platformHint = "name a PEM file in SSL_CERT_FILE"
