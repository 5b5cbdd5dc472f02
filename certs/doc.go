// Package certs makes the certificates with which pactape ends TLS: one
// certificate authority (CA) per user, kept in the home directory, and leaf
// certificates minted for the names that clients ask for.
//
// # The authority
//
// [Load] opens the CA in the home directory, or makes one on first use: an
// ECDSA P-256 key (ca-key.pem, mode 0600) and a self-signed certificate
// (ca.pem), in a directory of mode 0700. Files are replaced as a whole and
// under a file lock, so processes that start at the same time end up with one
// CA. A CA of one's own is named by two files instead ([Options]); it is
// checked when it is loaded and never changed.
//
// A CA near its end is renewed when it is loaded, with the same key and
// subject: leaves then verify under the old certificate as well as the new
// one, so clients have until the end of the old one to learn the new.
//
// # Leaves
//
// [Authority.TLSConfig] answers a handshake by the server name the client
// sent, else by the host of its CONNECT request ([WithHost]), else by the
// address it connected to. Leaves live at most 398 days, which is what
// browsers accept, are cached up to a bound, are minted once however many
// connections ask for them at the same time, and are replaced before they
// expire. Every leaf has its own key.
//
// # Trust
//
// Some runtimes add a CA to the roots they know ([Authority.CertPath]), others
// replace their roots by one file ([Authority.BundlePath]), and Java reads a
// key store ([Authority.TrustStore]).
//
// # What it is not for
//
// It verifies nobody: certificates of upstream servers are the business of
// package proxy/upstream. It does not install a CA into the trust store of a
// system or browser, it publishes no revocation lists, and it does not decide
// where the home directory is.
//
// # Design
//
// Keys and serial numbers come from crypto/rand and nothing else. Deriving
// them from the host name and the CA, as MITM libraries like to do in order to
// skip a cache, has made leaf keys predictable before.
package certs
