package main_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/pactape/pactape/certs"
)

// named answers with its name and the host it was asked for.
func named(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, "%s %s", name, r.URL.Path)
	})
}

// get gets a URL and wants the answer.
func get(t *testing.T, client *http.Client, target string, status int, body string) {
	t.Helper()
	a, err := send(t.Context(), client, http.MethodGet, target, "")
	if err != nil {
		t.Fatal(err)
	}
	if a.status != status || !strings.Contains(a.body, body) {
		t.Errorf("GET %s: %d %q, want %d %q", target, a.status, a.body, status, body)
	}
}

// TestE2EMap reaches names that nobody resolves where --map says.
func TestE2EMap(t *testing.T) {
	t.Parallel()
	u := startUpstream(t, "api", named("mapped"))
	s := newHome(t).serve(t, "--upstream-ca", u.ca, "--map", "api.example.test=https://"+u.host, "--map", "plain.example.test=https://"+u.host)
	get(t, s.through(t, ""), "https://api.example.test/a", 200, "mapped /a")
	get(t, s.through(t, ""), "http://plain.example.test/b", 200, "mapped /b")
	get(t, s.through(t, ""), "https://other.localhost:1/c", 502, "refused")
}

// TestE2EReverse forwards direct requests to --upstream.
func TestE2EReverse(t *testing.T) {
	t.Parallel()
	u := startUpstream(t, "api", named("reversed"))
	s := newHome(t).serve(t, "--upstream-ca", u.ca, "--upstream", u.url+"/base")
	get(t, s.client, "http://"+s.addr+"/a", 200, "reversed /base/a")
	get(t, s.client, "http://"+s.addr+"/mockserver/mode", 200, `"SPY"`)
}

// TestE2EPassthrough tunnels --passthrough hosts: the client sees the
// upstream's own certificate, and nothing is recorded.
func TestE2EPassthrough(t *testing.T) {
	t.Parallel()
	u := startUpstream(t, "pinned", named("untouched"))
	s := newHome(t).serve(t, "--passthrough", "pinned.localhost")
	get(t, through(t, s.proxy(""), u.ca), u.url+"/a", 200, "untouched /a")
	if got := s.recordedPaths(t, ""); len(got) != 0 {
		t.Errorf("recorded %q", got)
	}
	if n := s.metric(t, `pactape_tunnels_total{kind="passthrough"}`); n != 1 {
		t.Errorf("%v tunnels counted", n)
	}
	s.put(t, http.StatusOK, "mode?mode=SIMULATE", "")
	if a, err := send(t.Context(), through(t, s.proxy(""), u.ca), http.MethodGet, u.url+"/a", ""); err == nil {
		t.Errorf("in SIMULATE the tunnel answers %d %q", a.status, a.body)
	}
}

// TestE2EUntrusting names a host once whose certificate a client rejects,
// however the client's TLS library says so.
func TestE2EUntrusting(t *testing.T) {
	t.Parallel()
	u := startUpstream(t, "pinned", named("never seen"))
	for name, args := range map[string]func(proxy string) []string{
		"curl": func(proxy string) []string { return []string{"-sS", "--proxy", proxy, u.url} },
		"openssl": func(proxy string) []string {
			return []string{"s_client", "-verify_return_error", "-proxy", strings.TrimPrefix(proxy, "http://"), "-connect", strings.TrimPrefix(u.url, "https://")}
		},
		"python3": func(proxy string) []string {
			return []string{"-c", `import sys, urllib.request as u
u.build_opener(u.ProxyHandler({"https": sys.argv[1]})).open(sys.argv[2], timeout=20)`, proxy, u.url}
		},
		"node": func(proxy string) []string {
			return []string{"-e", `const [proxy, target] = process.argv.slice(1).map(u => new URL(u));
require("http").request({host: proxy.hostname, port: proxy.port, method: "CONNECT", path: target.host})
  .on("connect", (_, socket) => require("tls").connect({socket, servername: target.hostname}).on("secureConnect", () => process.exit(0)))
  .end()`, proxy, u.url}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := program(t, name)
			s := newHome(t).serve(t, "--upstream-ca", u.ca)
			for range 2 {
				cmd := exec.CommandContext(t.Context(), path, args(s.proxy("").String())...)
				cmd.Env = cleanEnviron()
				if out, err := cmd.CombinedOutput(); err == nil {
					t.Errorf("the client succeeds: %s", out)
				}
			}
			s.wantMetric(t, "pactape_client_tls_failures_total", 2)
			s.stderr.wait(t, regexp.MustCompile(`does not trust the CA, or pins its certificate.*pinned\.localhost`), s.ended)
			if n := strings.Count(s.stderr.String(), "does not trust"); n != 1 {
				t.Errorf("reported %d times:\n%s", n, s.stderr)
			}
		})
	}
}

// TestE2EListeners serves a session and the admin API on ports of their own.
func TestE2EListeners(t *testing.T) {
	t.Parallel()
	u := startUpstream(t, "api", named("live"))
	team, admin := freeAddress(t), freeAddress(t)
	s := newHome(t).serve(t, "--upstream-ca", u.ca, "--session-listen", "team="+team, "--admin-listen", admin)
	client := through(t, &url.URL{Scheme: "http", Host: team}, s.path("home", "ca.pem"))
	get(t, client, u.url+"/a", 200, "live /a")
	get(t, s.client, "http://"+admin+"/mockserver/mode", 200, `"SPY"`)
	get(t, s.client, "http://"+admin+"/readyz", 200, "ok")
	if got := s.recordedPaths(t, "team"); len(got) != 1 {
		t.Errorf("the session recorded %q", got)
	}
	if got := s.recordedPaths(t, ""); len(got) != 0 {
		t.Errorf("the default session recorded %q", got)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// TestE2EAdminToken wants the token on what is not for everybody.
func TestE2EAdminToken(t *testing.T) {
	t.Parallel()
	s := newHome(t).serve(t, "--admin-token", "open-sesame")
	if a := s.call(t, http.MethodPut, "/mockserver/reset", ""); a.status != http.StatusUnauthorized {
		t.Errorf("without the token: %d", a.status)
	}
	a, err := send(t.Context(), s.client, http.MethodPut, "http://"+s.addr+"/mockserver/reset", "", "Authorization", "Bearer open-sesame")
	if err != nil || a.status != http.StatusOK {
		t.Errorf("with the token: %d, %v", a.status, err)
	}
	get(t, s.client, "http://"+s.addr+"/livez", 200, "ok")
	s.pactape(t, "export", "--server", "http://"+s.addr).want(t, 2)
	s.pactape(t, "export", "--server", "http://"+s.addr, "--admin-token", "open-sesame").want(t, 0)
}

// TestE2EUpstreamProxy reaches upstreams through another pactape, which sees
// and records the traffic too, but for hosts that are excepted.
func TestE2EUpstreamProxy(t *testing.T) {
	t.Parallel()
	u := startUpstream(t, "api", named("far"))
	last := newHome(t).serve(t, "--upstream-ca", u.ca, "--map", "far.example.test=https://"+u.host)
	s := newHome(t).serve(t, "--upstream-ca", u.ca, "--upstream-ca", last.path("home", "ca.pem"),
		"--upstream-proxy", "http://team:x@"+last.addr, "--upstream-no-proxy", "127.0.0.0/8")
	get(t, s.through(t, ""), "https://far.example.test/a", 200, "far /a")
	get(t, s.through(t, ""), "https://"+u.addr+"/b", 200, "far /b")
	for server, want := range map[*server][2]string{last: {"team", "[/a]"}, s: {"", "[/a /b]"}} {
		if got := fmt.Sprint(server.recordedPaths(t, want[0])); got != want[1] {
			t.Errorf("session %q recorded %s, want %s", want[0], got, want[1])
		}
	}
}

// TestE2EClientCertificate shows a client certificate to upstreams that want
// one.
func TestE2EClientCertificate(t *testing.T) {
	t.Parallel()
	clients, err := certs.Load(certs.Options{Home: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(clients.CertPEM())
	u, ln, config := listenUpstream(t, "strict")
	config.ClientAuth, config.ClientCAs = tls.RequireAnyClientCert, roots
	server := &http.Server{Handler: named("known client"), ErrorLog: log.New(io.Discard, "", 0)}
	t.Cleanup(func() { _ = server.Close() })
	go func() { _ = server.Serve(tls.NewListener(ln, config)) }() // ends with Close

	h := newHome(t)
	leaf, err := clients.Certificate("client.test")
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(leaf.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: leaf.Certificate[0]}, "key.pem": {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(h.path(name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := h.serve(t, "--upstream-ca", u.ca, "--upstream-cert", h.path("cert.pem"), "--upstream-key", h.path("key.pem"))
	get(t, s.through(t, ""), u.url+"/a", 200, "known client /a")
	bare := newHome(t).serve(t, "--upstream-ca", u.ca)
	get(t, bare.through(t, ""), u.url+"/a", 502, "")
}
