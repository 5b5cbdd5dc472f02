package certs

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// DefaultCacheSize is the number of leaves kept where [Options] name none. A
// leaf takes about 5 kB.
const DefaultCacheSize = 2048

// An Observer is told what an [Authority] does, for metrics. Its methods are
// called from any goroutine.
type Observer interface {
	// CertMinted: a leaf was signed.
	CertMinted()
	// CertCacheHit: a handshake was served with a leaf that was there.
	CertCacheHit()
}

// Options say where an [Authority] comes from.
type Options struct {
	// Home is the directory that holds the CA and the files derived from it.
	// It is made with mode 0700 where it is absent. Required.
	Home string
	// CertFile and KeyFile name a CA of one's own in PEM; both or neither.
	// CertFile may go on with the certificates up to the root. The key must
	// not be encrypted.
	CertFile, KeyFile string
	// CacheSize bounds the leaves kept; 0 is [DefaultCacheSize].
	CacheSize int
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Getenv looks up SSL_CERT_FILE and SSL_CERT_DIR; nil is os.Getenv.
	Getenv func(string) string
	// Observer may be nil.
	Observer Observer
	// Logger is told about the making and renewal of a CA and about loose
	// file modes; nil discards.
	Logger *slog.Logger
}

// An Authority signs leaves. All methods may be called from any goroutine.
type Authority struct {
	issuer   *issuer
	certPath string // file of the CA certificate
	dir      string // where bundle and trust store go
	now      func() time.Time
	getenv   func(string) string
	observer Observer
	cache    *leafCache
	tls      *tls.Config
}

// Load opens the CA that o names, and makes or renews the one in the home
// directory where needed. It may wait for another process that is doing so.
func Load(o Options) (*Authority, error) {
	if o.Home == "" {
		return nil, errors.New("load CA: no home directory given")
	}
	home, err := filepath.Abs(o.Home)
	if err != nil {
		return nil, err
	}
	o.Home = home
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.CacheSize <= 0 {
		o.CacheSize = DefaultCacheSize
	}
	a := &Authority{now: o.Now, getenv: o.Getenv, observer: o.Observer}
	if o.CertFile != "" || o.KeyFile != "" {
		err = a.loadCustom(o)
	} else {
		err = a.loadHome(o)
	}
	if err != nil {
		return nil, err
	}
	a.cache = newLeafCache(o.CacheSize)
	a.tls = a.newTLSConfig()
	return a, nil
}

// loadHome takes the CA in the home directory.
func (a *Authority) loadHome(o Options) error {
	s := store{dir: o.Home, now: o.Now, log: o.Logger}
	is, err := s.open()
	if err != nil {
		return err
	}
	a.issuer, a.dir, a.certPath = is, o.Home, s.certPath()
	if a.lacksBundle() {
		if _, err := a.BundlePath(); err != nil {
			o.Logger.Info("no complete bundle of roots beside the CA", slog.Any("error", err))
		}
	}
	return nil
}

// CertPEM returns the CA certificate in PEM; for a CA of one's own, all the
// certificates of its file. The caller owns the bytes.
func (a *Authority) CertPEM() []byte { return slices.Clone(a.issuer.pem) }

// CertPath is the absolute path of a file that holds [Authority.CertPEM].
func (a *Authority) CertPath() string { return a.certPath }

// NotAfter is when the CA expires, and with it all leaves.
func (a *Authority) NotAfter() time.Time { return a.issuer.notAfter }
