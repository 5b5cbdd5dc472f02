//go:build unix && !darwin && !ios

package certs

// platformFiles are where distributions keep their roots in one file; the list
// is that of Go's crypto/x509.
var platformFiles = []string{
	"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Gentoo, Arch
	"/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora, RHEL 6
	"/etc/ssl/ca-bundle.pem",                            // openSUSE
	"/etc/pki/tls/cacert.pem",                           // OpenELEC
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // CentOS, RHEL 7
	"/etc/ssl/cert.pem",                                 // Alpine, OpenBSD, FreeBSD
	"/usr/local/etc/ssl/cert.pem",                       // FreeBSD
	"/usr/local/share/certs/ca-root-nss.crt",            // FreeBSD, DragonFly
	"/etc/openssl/certs/ca-certificates.crt",            // NetBSD
	"/etc/certs/ca-certificates.crt",                    // Solaris 11.2
	"/etc/ssl/cacert.pem",                               // OmniOS
}

// platformDirs are where they keep one root a file.
var platformDirs = []string{
	"/etc/ssl/certs",
	"/etc/pki/tls/certs",
	"/system/etc/security/cacerts", // Android
	"/etc/openssl/certs",           // NetBSD
	"/etc/certs/CA",                // Solaris
}

const platformHint = "none of the usual files is there (install ca-certificates, or set SSL_CERT_FILE)"
