package certs

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"time"
)

// TrustStorePassword is the password of the file of [Authority.TrustStore].
const TrustStorePassword = "changeit"

// ErrNoSystemRoots: see BundlePath.
var ErrNoSystemRoots = errors.New("this platform's root certificates cannot be read")

// An Observer is told what an Authority does.
type Observer interface {
	CertMinted()
	CertCacheHit()
}

// Options say where an Authority comes from.
type Options struct {
	Home              string
	CertFile, KeyFile string
	CacheSize         int
	Now               func() time.Time
	Observer          Observer
	Logger            *slog.Logger
}

// An Authority signs leaves.
type Authority struct{}

// Load opens the authority.
func Load(o Options) (*Authority, error) { return nil, errors.ErrUnsupported }

// TLSConfig is the server's configuration.
func (a *Authority) TLSConfig() *tls.Config { return nil }

// Certificate returns the leaf for a host name or IP address (no port).
func (a *Authority) Certificate(host string) (*tls.Certificate, error) { return nil, errors.ErrUnsupported }

// CertPEM is the CA in PEM.
func (a *Authority) CertPEM() []byte { return nil }

// CertPath is the file of CertPEM.
func (a *Authority) CertPath() string { return "" }

// BundlePath: system roots plus ours. The path is valid also when the error
// is ErrNoSystemRoots (the file then holds ours alone).
func (a *Authority) BundlePath() (string, error) { return "", errors.ErrUnsupported }

// TrustStore is the same as PKCS12 for Java; same rule for ErrNoSystemRoots.
func (a *Authority) TrustStore() (string, error) { return "", errors.ErrUnsupported }

// WithHost returns conn with the host of its CONNECT request (port allowed),
// which TLSConfig uses where the client sends no SNI.
func WithHost(conn net.Conn, host string) net.Conn { return conn }
