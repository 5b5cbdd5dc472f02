package upstream_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/proxy/upstream"
)

// HTTP_PROXY may well name this very process.
func TestEnvironmentIsIgnored(t *testing.T) {
	addr := serve(t, echo, nil)
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, "http://127.0.0.1:1")
	}
	// Go reads these variables for hosts that are not loopback alone.
	tr := newTransport(t, upstream.Options{Map: map[string]*url.URL{"api.example": {Host: addr}}})
	get(t, tr, "http://api.example/")
}

// Not parallel: the port found for ::1 must stay free on 127.0.0.1.
func TestLocalhostNames(t *testing.T) {
	four := serve(t, echo, nil)
	six := listenSix(t)
	tr := newTransport(t, upstream.Options{})
	for _, host := range []string{"localhost", "api.localhost", "A.B.Localhost", "api.localhost."} {
		header, _ := get(t, tr, "http://"+host+":"+port(four)+"/")
		if want := host + ":" + port(four); header.Get("X-Host") != want {
			t.Errorf("Host %q was sent, want %q", header.Get("X-Host"), want)
		}
		if six == "" {
			continue
		}
		if _, body := get(t, tr, "http://"+host+":"+port(six)+"/"); body != "six" {
			t.Errorf("%s: %q, want the answer from ::1", host, body)
		}
	}
	if _, reason := upstream.Classify(failure(t, tr, "http://x.localhost:1/")); reason != "connection refused" {
		t.Errorf("nobody there: %q", reason)
	}
}

// listenSix serves on ::1 with a port that nobody has on 127.0.0.1, and
// returns "" where there is no IPv6.
func listenSix(t *testing.T) string {
	t.Helper()
	answer := func(conn net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nsix")
		}
	}
	for range 20 {
		var lc net.ListenConfig
		ln, err := lc.Listen(t.Context(), "tcp", "[::1]:0")
		if err != nil {
			t.Logf("no IPv6 here: %v", err)
			return ""
		}
		if taken, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:"+port(ln.Addr().String())); err == nil {
			taken.Close()
			return accept(t, ln, answer)
		}
		ln.Close()
	}
	t.Fatal("no port is free on both addresses")
	return ""
}

func TestSelf(t *testing.T) {
	t.Parallel()
	addr := serve(t, echo, nil)
	var seen atomic.Pointer[string]
	tr := newTransport(t, upstream.Options{
		IsSelf: func(a string) bool { seen.Store(&a); return a == addr },
		Map:    map[string]*url.URL{"api.example": {Host: addr}},
	})
	for _, target := range []string{"http://" + addr, "http://api.localhost:" + port(addr), "http://api.example", "https://localhost:" + port(addr)} {
		err := failure(t, tr, target)
		kind, reason := upstream.Classify(err)
		if !errors.Is(err, upstream.ErrLoop) || kind != capture.FailLoop || !strings.Contains(reason, "leads back") {
			t.Errorf("%s: %v (%s %q), want ErrLoop", target, err, kind, reason)
		}
		if got := *seen.Load(); got != addr {
			t.Errorf("%s: asked about %q, want the resolved %q", target, got, addr)
		}
	}
}

// A 101 works also where the server would rather speak HTTP/2.
func TestUpgradeOverTLS(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	addr := serve(t, switchProtocols, &tls.Config{Certificates: []tls.Certificate{ca.leaf(t, nil, "127.0.0.1")}})
	tr := newTransport(t, upstream.Options{CAFiles: []string{ca.file(t)}})
	get(t, tr, "https://"+addr+"/h2") // a connection of HTTP/2 to go wrong with
	exchange(t, tr, "https://"+addr)
}

// switchProtocols answers an upgrade to "shout" by shouting back.
func switchProtocols(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") == "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	conn, buf, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n")
	if line, err := buf.ReadString('\n'); err == nil {
		_, _ = io.WriteString(conn, strings.ToUpper(line))
	}
}

// exchange upgrades and sends a line.
func exchange(t *testing.T, tr *upstream.Transport, target string) {
	t.Helper()
	req := request(t.Context(), t, target)
	req.Header.Set("Connection", "keep-alive, Upgrade")
	req.Header.Set("Upgrade", "shout")
	resp, err := tr.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	rw, ok := resp.Body.(io.ReadWriter)
	if resp.StatusCode != http.StatusSwitchingProtocols || !ok {
		t.Fatalf("%s, body %T; want 101 and a ReadWriter", resp.Status, resp.Body)
	}
	if _, err := io.WriteString(rw, "hello\n"); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(rw).ReadString('\n')
	if err != nil || line != "HELLO\n" {
		t.Errorf("%q, %v", line, err)
	}
}
