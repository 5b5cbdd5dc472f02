package proxy

// Sniff tells for tests what the first bytes of a tunnel are taken for: "tls",
// "http", "other" or "unclear".
func Sniff(head []byte) string {
	switch protocolOf(head) {
	case protoTLS:
		return "tls"
	case protoHTTP:
		return "http"
	case protoOther:
		return "other"
	case protoUnclear:
	}
	return "unclear"
}

// BasicUser is basicUser.
func BasicUser(credentials string) (string, bool) { return basicUser(credentials) }

// Authority is authority.
func Authority(scheme, host string) string { return authority(scheme, host) }
