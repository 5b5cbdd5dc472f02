package certs

// platformFiles: the roots that Apple ships, as its LibreSSL reads them. What
// was added to the keychain is not among them.
var platformFiles = []string{"/etc/ssl/cert.pem"}

var platformDirs []string

const platformHint = "they are in the keychain; export them to a PEM file and name it in SSL_CERT_FILE"
