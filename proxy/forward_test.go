package proxy_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/proxy/upstream"
)

func TestForwardPlainHTTP(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", r.Method+" "+r.RequestURI+" "+r.Host)
		w.WriteHeader(http.StatusCreated)
		_, _ = fmt.Fprintf(w, "got %s", body)
	})
	r := start(t)
	req := newRequest(t, http.MethodPost, server.URL+"/orders/7?b=2&a=1", strings.NewReader(`{"n":1}`))
	req.Header.Set("Content-Type", "application/json")
	resp, body := send(t, r.client(), req)

	if resp.StatusCode != http.StatusCreated || body != `got {"n":1}` {
		t.Errorf("answer is %d %q", resp.StatusCode, body)
	}
	if got, want := resp.Header.Get("X-Seen"), "POST /orders/7?b=2&a=1 "+hostOf(server.URL); got != want {
		t.Errorf("upstream saw %q, want %q", got, want)
	}

	ex := r.tape.only(t)
	if ex.Failure != nil || ex.Response == nil {
		t.Fatalf("exchange has failure %v, response %v", ex.Failure, ex.Response)
	}
	want := expectations.Request{
		Method:    "POST",
		Authority: hostOf(server.URL), Host: hostOf(server.URL),
		Path: "/orders/7", RawQuery: "b=2&a=1",
		Header: http.Header{
			"Content-Type": {"application/json"}, "Content-Length": {"7"}, "User-Agent": {"Go-http-client/1.1"},
		},
		Body:      expectations.Body{Bytes: []byte(`{"n":1}`), Size: 7},
		Protocol:  "HTTP/1.1",
		KeepAlive: true,
		LocalAddr: r.addr,
	}
	got := *ex.Request
	if got.ClientAddr == "" {
		t.Error("no client address")
	}
	got.ClientAddr = ""
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	if got, want := string(ex.Response.Body.Bytes), `got {"n":1}`; got != want {
		t.Errorf("recorded body %q, want %q", got, want)
	}
	if ex.Response.Status != 201 || ex.Response.Reason != "Created" || ex.Response.Protocol != "HTTP/1.1" {
		t.Errorf("recorded response %+v", ex.Response)
	}
	if ex.Upstream != hostOf(server.URL) || ex.Mode != expectations.Spy || ex.Started.IsZero() {
		t.Errorf("exchange: upstream %q, mode %q, started %v", ex.Upstream, ex.Mode, ex.Started)
	}
	// The first byte of an answer may come before net/http tells that the
	// request has been written: then there was no wait, and all is sending.
	if ex.Timings.Total <= 0 || ex.Timings.Send+ex.Timings.Wait <= 0 || ex.Timings.Connect <= 0 {
		t.Errorf("timings %+v", ex.Timings)
	}
}

func TestHopByHopFields(t *testing.T) {
	t.Parallel()
	seen := make(chan http.Header, 1)
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) {
		seen <- r.Header.Clone()
		h := w.Header()
		h.Set("Connection", "X-Private")
		h.Set("X-Private", "1")
		h.Set("Keep-Alive", "timeout=5")
		h.Set("Proxy-Authenticate", "Basic")
		h.Set("X-Public", "2")
	})
	r := start(t)
	c := r.dial()
	_, _ = io.WriteString(c, "GET "+server.URL+"/ HTTP/1.1\r\nHost: "+hostOf(server.URL)+"\r\n"+
		"Connection: close, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: 5\r\nTE: trailers, deflate\r\n"+
		"Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic c2Vzczp4\r\nX-Theirs: 2\r\nVia: 1.0 edge\r\nAccept-Encoding: br\r\n\r\n")
	resp, _ := read(t, bufio.NewReader(c), "GET")

	got := <-seen
	via := got["Via"]
	delete(got, "Via")
	want := http.Header{"X-Theirs": {"2"}, "Te": {"trailers"}, "Accept-Encoding": {"br"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request fields (-want +got):\n%s", diff)
	}
	if len(via) != 2 || via[0] != "1.0 edge" || !strings.HasPrefix(via[1], "1.1 pactape-") {
		t.Errorf("Via is %q", via)
	}
	for _, name := range []string{"X-Private", "Keep-Alive", "Proxy-Authenticate", "Via"} {
		if v, ok := resp.Header[name]; ok {
			t.Errorf("response has %s: %q", name, v)
		}
	}
	if resp.Header.Get("X-Public") != "2" {
		t.Error("response lost an end-to-end field")
	}
	ex := r.tape.only(t)
	if ex.Session != "sess" {
		t.Errorf("session is %q, want the proxy user", ex.Session)
	}
	if v := ex.Request.HeaderValues("Proxy-Authorization"); v != nil {
		t.Errorf("proxy credentials are recorded: %q", v)
	}
	if diff := cmp.Diff([]string{"1.0 edge"}, ex.Request.Header["Via"]); diff != "" {
		t.Errorf("recorded Via is not the client's: %s", diff)
	}
}

func TestContentCodingPassesUntouched(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = io.WriteString(z, "plain text")
	_ = z.Close()
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Accept-Encoding") != "gzip" || !bytes.Equal(body, packed.Bytes()) {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	})
	r := start(t)
	req := newRequest(t, http.MethodPut, server.URL, bytes.NewReader(packed.Bytes()))
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Set("Content-Encoding", "gzip")
	resp, body := send(t, r.client(), req)
	if resp.StatusCode != 200 || body != packed.String() || resp.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("answer is %d, %q, coding %q", resp.StatusCode, body, resp.Header.Get("Content-Encoding"))
	}
	ex := r.tape.only(t)
	if b := ex.Request.Body; string(b.Bytes) != "plain text" || b.Coding != "gzip" || b.Encoded || b.Size != int64(packed.Len()) {
		t.Errorf("recorded request body %+v", b)
	}
	if b := ex.Response.Body; !bytes.Equal(b.Bytes, packed.Bytes()) || b.Coding != "gzip" || !b.Encoded {
		t.Errorf("recorded response body %+v", b)
	}
}

func TestPathsArriveAsSent(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.RequestURI) })
	r := start(t)
	for _, path := range []string{
		"/", "/a%2Fb", "/a%41", "/{id}", "/a|b?q=[1]&q=%zz", "/a//b/../c", "/?", "/%E2%82%AC", "/a;v=1",
	} {
		t.Run(path, func(t *testing.T) {
			c := r.dial()
			_, _ = fmt.Fprintf(c, "GET %s%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", server.URL, path)
			if _, got := read(t, bufio.NewReader(c), "GET"); got != path {
				t.Errorf("upstream got %q", got)
			}
			all := r.tape.all()
			last := all[len(all)-1].Request
			want, _, _ := strings.Cut(path, "?")
			if last.Path != want {
				t.Errorf("recorded path %q, want %q", last.Path, want)
			}
		})
	}
}

func TestAnswersWithoutContent(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/204":
			w.WriteHeader(http.StatusNoContent)
		case "/304":
			w.Header().Set("ETag", `"1"`)
			w.WriteHeader(http.StatusNotModified)
		case "/empty":
		default:
			w.Header().Set("Content-Length", "12345")
		}
	})
	r := start(t)
	for _, tt := range []struct {
		method, path string
		status       int
		length       int64
	}{
		{"GET", "/204", 204, 0},
		{"GET", "/304", 304, 0},
		{"GET", "/empty", 200, 0},
		{"HEAD", "/big", 200, 12345},
	} {
		t.Run(tt.method+tt.path, func(t *testing.T) {
			resp, body := send(t, r.client(), newRequest(t, tt.method, server.URL+tt.path, nil))
			if resp.StatusCode != tt.status || resp.ContentLength != tt.length || body != "" || len(resp.TransferEncoding) > 0 {
				t.Errorf("answer is %d, length %d, body %q, %v", resp.StatusCode, resp.ContentLength, body, resp.TransferEncoding)
			}
			// It was recorded before we had the answer.
			all := r.tape.all()
			if ex := all[len(all)-1]; ex.Response == nil || ex.Response.Status != tt.status || ex.Request.Path != tt.path {
				t.Errorf("last exchange is %+v", ex)
			}
		})
	}
}

func TestReasonPhrasePasses(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			_, _ = http.ReadRequest(bufio.NewReader(c))
			_, _ = io.WriteString(c, "HTTP/1.1 299 Quite Fine\r\nContent-Length: 2\r\n\r\nok")
			_ = c.Close()
		}
	}()
	r := start(t)
	resp, body := get(t, r.client(), "http://"+ln.Addr().String()+"/")
	if resp.Status != "299 Quite Fine" || body != "ok" {
		t.Errorf("answer is %q %q", resp.Status, body)
	}
	if got := r.tape.only(t).Response.Reason; got != "Quite Fine" {
		t.Errorf("recorded reason %q", got)
	}
	// It is for one answer only.
	resp, _ = get(t, r.direct(), "http://"+r.addr+"/nothing")
	if resp.Status != "404 Not Found" {
		t.Errorf("next answer is %q", resp.Status)
	}
}

func TestInterimAnswers(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("Link", "final")
		_, _ = io.WriteString(w, "page")
	})
	secure := upstreamTLS(t, server.Config.Handler.ServeHTTP)
	r := start(t, trusting(secure))
	for name, tt := range map[string]struct {
		url    string
		client *http.Client
	}{
		"plain": {server.URL, r.client()},
		"h1":    {secure.URL, r.client()},
		"h2":    {secure.URL, r.client(h2Only)},
	} {
		t.Run(name, func(t *testing.T) {
			var hints []string
			ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
				Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
					hints = append(hints, fmt.Sprint(code, " ", h.Get("Link")))
					return nil
				},
			})
			resp, body := send(t, tt.client, newRequest(t, "GET", tt.url, nil).WithContext(ctx))
			if diff := cmp.Diff([]string{"103 </style.css>; rel=preload"}, hints); diff != "" {
				t.Errorf("interim answers (-want +got):\n%s", diff)
			}
			if resp.StatusCode != 200 || body != "page" || resp.Header.Get("Link") != "final" {
				t.Errorf("answer is %d %q %v", resp.StatusCode, body, resp.Header)
			}
		})
	}
}

func TestUpstreamProxyIsNotTakenFromEnvironment(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	server := upstreamFunc(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	r := start(t, func(c *config) {
		m, err := upstream.ParseMap([]string{"api.test=" + server.URL})
		if err != nil {
			t.Fatal(err)
		}
		c.upstream.Map = m
	})
	if resp, body := get(t, r.client(), "http://api.test/"); body != "ok" {
		t.Errorf("answer is %d %q", resp.StatusCode, body)
	}
	if ex := r.tape.only(t); ex.Request.Authority != "api.test" {
		t.Errorf("authority is %q", ex.Request.Authority)
	}
}

// TestOptionsOfAServer: a request for a whole server is forwarded as one (RFC
// 9112 §3.2.4).
func TestOptionsOfAServer(t *testing.T) {
	t.Parallel()
	addr := rawServer(t, func(c net.Conn) {
		line, _ := bufio.NewReader(c).ReadString('\n')
		_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(line), line)
	})
	r := start(t)
	for name, c := range map[string]struct {
		conn   net.Conn
		target string
	}{
		"proxied":   {r.dial(), "http://" + addr},
		"tunnelled": {r.connect(addr), "*"},
	} {
		_, _ = fmt.Fprintf(c.conn, "OPTIONS %s HTTP/1.1\r\nHost: %s\r\n\r\n", c.target, addr)
		if _, body := read(t, bufio.NewReader(c.conn), "OPTIONS"); body != "OPTIONS * HTTP/1.1\r\n" {
			t.Errorf("%s: upstream got %q", name, body)
		}
	}
	for _, ex := range r.tape.all() {
		if ex.Request.Path != "*" {
			t.Errorf("recorded path %q", ex.Request.Path)
		}
	}
}
