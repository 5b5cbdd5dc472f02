package upstream

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// sessionCache is the number of TLS sessions kept for resumption.
const sessionCache = 512

// newTLSConfig reads roots and the client's certificate.
func newTLSConfig(o Options) (*tls.Config, error) {
	cfg := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: o.Insecure, // #nosec G402 -- by explicit option
		ClientSessionCache: tls.NewLRUClientSessionCache(sessionCache),
	}
	if len(o.CAFiles) > 0 || o.OnlyCAFiles {
		roots, err := o.roots()
		if err != nil {
			return nil, err
		}
		cfg.RootCAs = roots
	}
	if o.ClientKey != "" && o.ClientCert == "" {
		return nil, errors.New("upstream client key: it needs a certificate as well")
	}
	if o.ClientCert != "" {
		key := o.ClientKey
		if key == "" {
			key = o.ClientCert
		}
		cert, err := tls.LoadX509KeyPair(o.ClientCert, key)
		if err != nil {
			return nil, fmt.Errorf("upstream client certificate %s: %w", o.ClientCert, err)
		}
		// Presented to whoever asks: a server's list of acceptable CAs is a
		// hint that many fill in wrongly.
		cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return &cert, nil
		}
	}
	return cfg, nil
}

// roots are the system's, unless they are not wanted, and those of the files.
func (o Options) roots() (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if !o.OnlyCAFiles {
		var err error
		if pool, err = x509.SystemCertPool(); err != nil {
			return nil, fmt.Errorf("read the system's root certificates: %w", err)
		}
	}
	for _, file := range o.CAFiles {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("upstream CA: %w", err)
		}
		if !pool.AppendCertsFromPEM(data) {
			return nil, fmt.Errorf("upstream CA %s: no certificate in it (PEM is expected)", file)
		}
	}
	return pool, nil
}
