// Command example shows pactape on real traffic: it starts a small HTTPS API
// with a certificate authority of its own, records a client that takes its
// proxy from the environment alone, and verifies the contract that the
// recording left against the API.
//
//	go run ./cmd/pactape/example
//
// It writes the contract into the directory contracts (-out) and everything
// else into a temporary one. Only loopback addresses are spoken to.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/pactape/pactape/certs"
	"github.com/pactape/pactape/cmd/pactape/example/shop"
)

// host is the API's name: it ends in .localhost, which pactape resolves to
// loopback, since most clients never send localhost itself through a proxy.
const host = "shop.localhost"

func main() {
	out := flag.String("out", "contracts", "directory for the contract")
	flag.Parse()
	var err error
	if flag.Arg(0) == "client" {
		err = client(context.Background(), flag.Arg(1), os.Stdout)
	} else {
		err = show(context.Background(), *out)
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "example:", err)
		os.Exit(1)
	}
}

// show builds pactape, records the client with it, and verifies the contract.
func show(ctx context.Context, out string) error {
	dir, err := os.MkdirTemp("", "pactape-example-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	pactape := filepath.Join(dir, "pactape.exe")
	say("building pactape")
	if err := command(ctx, "go", "build", "-o", pactape, "github.com/pactape/pactape/cmd/pactape"); err != nil {
		return err
	}
	api, err := startAPI(filepath.Join(dir, "shop-ca"))
	if err != nil {
		return err
	}
	defer api.close()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	home := filepath.Join(dir, "home")
	say("recording a client of %s", api.url)
	if err := command(ctx, pactape, "run", "--home", home, "--out", out, "--consumer", "web",
		"--provider", host+"=shop", "--upstream-ca", api.caFile, "--", self, "client", api.url); err != nil {
		return err
	}
	token, err := api.login(ctx)
	if err != nil {
		return err
	}
	contract := filepath.Join(out, "web-shop.json")
	say("verifying %s against the API", contract)
	return command(ctx, pactape, "verify", "--home", home, contract, "--provider-url", api.url,
		"--upstream-ca", api.caFile, "--header", "Authorization: "+token)
}

func say(format string, args ...any) {
	_, _ = fmt.Fprintf(os.Stdout, "\n== "+format+"\n", args...)
}

// command runs a command on our terminal.
func command(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", filepath.Base(name), args[0], err)
	}
	return nil
}

// An api is the running shop.
type api struct {
	url    string
	caFile string
	roots  *x509.CertPool
	server *http.Server
}

func startAPI(caDir string) (*api, error) {
	authority, err := certs.Load(certs.Options{Home: caDir})
	if err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.CertPEM())
	server := &http.Server{Handler: shop.New(), ReadHeaderTimeout: 5 * time.Second}
	a := &api{url: "https://" + host + ":" + port, caFile: authority.CertPath(), roots: roots, server: server}
	go func() { // ended by close
		if err := server.Serve(tls.NewListener(ln, authority.TLSConfig())); !errors.Is(err, http.ErrServerClosed) {
			say("the API stopped: %v", err)
		}
	}()
	return a, nil
}

func (a *api) close() { _ = a.server.Close() }

// login fetches a fresh token straight from the API, without a proxy.
func (a *api) login(ctx context.Context) (string, error) {
	address := strings.Replace(strings.TrimPrefix(a.url, "https://"), host, "127.0.0.1", 1)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: a.roots, ServerName: host},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
	}
	defer transport.CloseIdleConnections()
	return shop.Login(ctx, &http.Client{Transport: transport}, a.url, "bob")
}

// client visits the API at base through whatever proxy the environment names.
// Its roots are SSL_CERT_FILE's on every platform.
func client(ctx context.Context, base string, out io.Writer) error {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if file := os.Getenv("SSL_CERT_FILE"); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		roots.AppendCertsFromPEM(pem)
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	steps, err := shop.Browse(ctx, &http.Client{Transport: transport}, base)
	for _, step := range steps {
		_, _ = fmt.Fprintf(out, "%-22s %d\n", step.Call, step.Status)
	}
	return err
}
