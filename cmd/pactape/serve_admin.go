package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/pactape/pactape/proxy"
)

// serveAll serves the proxy and, if there is one, the separate admin
// listener, until ctx ends or one of them fails.
func (s *serveCommand) serveAll(ctx context.Context, stack *stack, listeners []proxy.Listener) error {
	if s.admin == nil {
		return stack.serve(ctx, listeners...)
	}
	server := &http.Server{
		Handler: stack.admin, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(stack.o.log.Handler(), slog.LevelDebug),
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended := make(chan error, 1)
	go func() { // ends with Close below
		err := s.serveAdmin(server, stack)
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		cancel(err)
		ended <- err
	}()
	err := stack.serve(ctx, listeners...)
	return errors.Join(err, server.Close(), <-ended)
}

// serveAdmin serves the admin listener: over TLS, if calls must show a
// certificate. Health checks need none, so that it is not demanded here.
func (s *serveCommand) serveAdmin(server *http.Server, stack *stack) error {
	if stack.o.adminClientCAs == nil {
		return server.Serve(s.admin)
	}
	server.TLSConfig = stack.authority.TLSConfig()
	server.TLSConfig.ClientCAs = stack.o.adminClientCAs
	server.TLSConfig.ClientAuth = tls.VerifyClientCertIfGiven
	return server.ServeTLS(s.admin, "", "")
}

// readPool reads the certificates of a PEM file that a flag names.
func readPool(flag, file string) (*x509.CertPool, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("%s: no certificate in %s (PEM is expected)", flag, file)
	}
	return pool, nil
}
