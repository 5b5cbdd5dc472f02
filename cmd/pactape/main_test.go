package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/pactape/pactape/certs"
	"github.com/pactape/pactape/cmd/pactape/example/shop"
)

// The scripts run the real command line: this test binary under the name
// pactape. visit is a client that takes its proxy and its roots from the
// environment, and prints what it got.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"pactape": main,
		"visit":   visit,
	})
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("PACTAPE_HOME", filepath.Join(env.WorkDir, "home"))
			env.Values[brokerKey{}], env.Values[providerKey{}] = new(scriptBroker), new(scriptProvider)
			env.Values[hugeKey{}] = make(chan int64, 8)
			return startShop(env)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"ready":  waitReady,
			"put":    put,
			"broker": serveBroker, "provider": serveProvider, "exits": exits,
			"get":   get,
			"huge":  huge,
			"await": await,
		},
	})
}

// startShop serves the example API over TLS at $SHOP, with the authority in
// $SHOP_CA, for one script. $SHOP_TOKEN is a valid Authorization value, and
// $ADDRESS a free address, of which $PORT is the port.
func startShop(env *testscript.Env) error {
	authority, err := certs.Load(certs.Options{Home: filepath.Join(env.WorkDir, ".shop-ca")})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	api := shop.New()
	server := &http.Server{Handler: api}
	go func() { _ = server.Serve(tls.NewListener(ln, authority.TLSConfig())) }() // ends with Close
	env.Defer(func() { _ = server.Close() })
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.CertPEM())
	direct := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer direct.CloseIdleConnections()
	token, err := shop.Login(context.Background(), direct, "https://127.0.0.1:"+port, "bob")
	if err != nil {
		return err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := free.Addr().String() // free once more, for serve
	env.Setenv("ADDRESS", address)
	env.Setenv("PORT", address[strings.LastIndex(address, ":")+1:])
	if err := free.Close(); err != nil {
		return err
	}
	env.Setenv("SHOP", "https://shop.localhost:"+port)
	env.Setenv("SHOP_PORT", port)
	env.Setenv("SHOP_CA", authority.CertPath())
	env.Setenv("SHOP_TOKEN", token)
	return nil
}

// waitReady waits until a server that was started in the background answers:
// ready ADDRESS.
func waitReady(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ready ADDRESS")
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(30 * time.Second)
	for {
		resp, err := client.Get("http://" + args[0] + "/readyz")
		if err == nil {
			_ = resp.Body.Close()
			return
		}
		select {
		case <-deadline:
			ts.Fatalf("nothing answers: %v", err)
		case <-tick.C:
		}
	}
}

// put calls the admin API: put [STATUS] URL [FILE]. The answer goes to stdout.
func put(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: put STATUS URL [FILE]")
	}
	var body io.Reader
	if len(args) == 3 {
		body = strings.NewReader(ts.ReadFile(args[2]))
	}
	req, err := http.NewRequest(http.MethodPut, args[1], body)
	ts.Check(err)
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	ts.Check(err)
	data, err := io.ReadAll(resp.Body)
	ts.Check(err)
	ts.Check(resp.Body.Close())
	_, err = ts.Stdout().Write(data)
	ts.Check(err)
	if fmt.Sprint(resp.StatusCode) != args[0] {
		ts.Fatalf("PUT %s: got %s, want %s", args[1], resp.Status, args[0])
	}
}

// get reads a resource: get STATUS URL. The answer goes to stdout.
func get(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: get STATUS URL")
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(args[1])
	ts.Check(err)
	data, err := io.ReadAll(resp.Body)
	ts.Check(err)
	ts.Check(resp.Body.Close())
	_, err = ts.Stdout().Write(data)
	ts.Check(err)
	if fmt.Sprint(resp.StatusCode) != args[0] {
		ts.Fatalf("GET %s: got %s, want %s", args[1], resp.Status, args[0])
	}
}

// await calls the admin API with PUT until its answer has a text, or with !
// has it no more: await URL TEXT.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: await URL TEXT")
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(30 * time.Second)
	last := ""
	for {
		req, err := http.NewRequest(http.MethodPut, args[0], nil)
		ts.Check(err)
		if resp, err := client.Do(req); err == nil {
			data, err := io.ReadAll(resp.Body)
			ts.Check(err)
			ts.Check(resp.Body.Close())
			if last = string(data); strings.Contains(last, args[1]) != neg {
				return
			}
		}
		select {
		case <-deadline:
			ts.Fatalf("PUT %s: %s", args[0], last)
		case <-tick.C:
		}
	}
}

// visit browses the shop at its first argument, or fetches each further
// argument, and prints a line per answer.
func visit() {
	if err := visitWith(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "visit:", err)
		os.Exit(1)
	}
}

func visitWith(args []string) error {
	roots := x509.NewCertPool()
	if pem, err := os.ReadFile(os.Getenv("SSL_CERT_FILE")); err == nil {
		roots.AppendCertsFromPEM(pem)
	}
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: roots}}}
	steps, err := shop.Browse(context.Background(), client, args[0])
	for _, step := range steps {
		fmt.Println(step.Call, step.Status, step.Body)
	}
	return err
}
