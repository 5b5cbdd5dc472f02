package proxy_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pactape/pactape/proxy"
)

func TestRunningExchangesMayEnd(t *testing.T) {
	t.Parallel()
	began, finish := make(chan struct{}, 3), make(chan struct{})
	slow := func(w http.ResponseWriter, _ *http.Request) {
		began <- struct{}{}
		<-finish
		_, _ = io.WriteString(w, "done")
	}
	plain, secure := upstreamFunc(t, slow), upstreamTLS(t, slow)
	r := start(t, trusting(secure))
	answers := make(chan string, 3)
	for _, do := range []struct {
		client *http.Client
		url    string
	}{
		{r.client(), plain.URL}, {r.client(), secure.URL}, {r.client(h2Only), secure.URL},
	} {
		go func() {
			resp, err := do.client.Get(do.url)
			if err != nil {
				answers <- err.Error()
				return
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(resp.Body)
			answers <- string(body)
		}()
		await(t, began)
	}
	idle := r.dial() // says nothing, and is not waited for
	stopped := make(chan error, 1)
	go func() { stopped <- r.stop() }()
	eventually(t, "nothing is accepted any more", func() bool {
		c, err := net.Dial("tcp", r.addr)
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	})
	if _, err := io.Copy(io.Discard, idle); err != nil {
		t.Errorf("the idle connection: %v", err)
	}
	select {
	case err := <-stopped:
		t.Fatalf("stopped while exchanges ran: %v", err)
	default:
	}
	close(finish)
	for range 3 {
		if got := await(t, answers); got != "done" {
			t.Errorf("answer is %q", got)
		}
	}
	if err := await(t, stopped); err != nil {
		t.Error(err)
	}
	if n := len(r.tape.all()); n != 3 {
		t.Errorf("%d exchanges recorded", n)
	}
}

// TestShutdownIsBounded: what does not end by itself is closed, hijacked
// connections too, and no goroutine stays behind.
func TestShutdownIsBounded(t *testing.T) {
	began := make(chan struct{}, 1)
	hang := func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			wsEcho(t)(w, r)
			return
		}
		_, _ = io.WriteString(w, "first")
		_ = http.NewResponseController(w).Flush()
		began <- struct{}{}
		<-r.Context().Done()
	}
	secure := upstreamTLS(t, hang)
	raw := rawServer(t, echo)
	r := start(t, trusting(secure), func(c *config) { c.ShutdownTimeout = 100 * time.Millisecond })

	resp, err := r.client(h2Only).Get(secure.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	await(t, began)
	ws, _, err := dialWebSocket(t.Context(), r.client(), secure.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.CloseNow()
	blind := r.connect(raw)
	_, _ = io.WriteString(blind, "\x00")
	_, _ = io.ReadFull(blind, make([]byte, 1))
	silent := r.connect(raw)

	start := time.Now()
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the broken-off answer looks complete")
	}
	for name, c := range map[string]net.Conn{"blind": blind, "silent": silent} {
		if _, err := c.Read(make([]byte, 1)); err == nil {
			t.Errorf("the %s tunnel is still open", name)
		}
	}
	if _, _, err := ws.Read(t.Context()); err == nil {
		t.Error("the WebSocket is still open")
	}
	if len(r.logs.with("closing connections that did not end in time")) != 1 {
		t.Error("it is not reported")
	}
	eventually(t, "the proxy's goroutines end", func() bool {
		buf := make([]byte, 1<<20)
		stacks := string(buf[:runtime.Stack(buf, true)])
		return !strings.Contains(stacks, "pactape/proxy.(")
	})
}

func TestListenerPerSession(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(http.ResponseWriter, *http.Request) {})
	r := start(t)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	var listeners []proxy.Listener
	for _, id := range []string{"", "checkout"} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listeners = append(listeners, proxy.Listener{Listener: ln, Session: sessionID(t, id)})
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.proxy.ServeAll(ctx, listeners...) }()
	for i, ln := range listeners {
		r.addr = ln.Addr().String()
		get(t, r.client(), server.URL)
		if got := r.tape.all()[i].Session; got != ln.Session {
			t.Errorf("session is %q, want %q", got, ln.Session)
		}
		if !r.proxy.IsSelf(r.addr) {
			t.Errorf("%s is not known as our own", r.addr)
		}
	}
	cancel()
	if err := await(t, ended); err != nil {
		t.Error(err)
	}
}

func TestServeReportsABrokenListener(t *testing.T) {
	t.Parallel()
	r := start(t)
	_ = r.stop()
	if err := r.proxy.Serve(t.Context(), brokenListener{}); err == nil || err.Error() != "broken" {
		t.Errorf("Serve returned %v", err)
	}
}

type brokenListener struct{}

func (brokenListener) Accept() (net.Conn, error) { return nil, errBroken{} }
func (brokenListener) Close() error              { return nil }
func (brokenListener) Addr() net.Addr            { return &net.TCPAddr{} }

type errBroken struct{}

func (errBroken) Error() string { return "broken" }
