package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// serveProvider is a provider of the scripts that keeps contracts and breaks
// them, over plain HTTP at $PROVIDER, port $PROVIDER_PORT:
//
//	provider start
//	provider calls
//
// calls prints the calls of its state handler, /states.
func serveProvider(ts *testscript.TestScript, neg bool, args []string) {
	held, ok := ts.Value(providerKey{}).(*scriptProvider)
	if neg || !ok || len(args) != 1 {
		ts.Fatalf("usage: provider start|calls")
	}
	switch args[0] {
	case "start":
		held.dir = ts.MkAbs(".")
		server := httptest.NewServer(held)
		ts.Defer(server.Close)
		ts.Defer(server.CloseClientConnections)
		_, port, err := net.SplitHostPort(server.Listener.Addr().String())
		ts.Check(err)
		ts.Setenv("PROVIDER", server.URL)
		ts.Setenv("PROVIDER_PORT", port)
	case "calls":
		held.mu.Lock()
		defer held.mu.Unlock()
		_, err := fmt.Fprintln(ts.Stdout(), strings.Join(held.calls, "\n"))
		ts.Check(err)
	default:
		ts.Fatalf("unknown: provider %s", args[0])
	}
}

type providerKey struct{}

// A scriptProvider answers by path.
type scriptProvider struct {
	dir   string
	mu    sync.Mutex // guards calls
	calls []string
}

func (p *scriptProvider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/base")
	if file, ok := strings.CutPrefix(path, "/pacts/"); ok {
		data, err := os.ReadFile(p.dir + "/" + file)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		_, _ = fmt.Fprintf(w, "%s", strings.TrimSpace(string(data)))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	switch path {
	case "/states":
		body, _ := io.ReadAll(r.Body)
		p.mu.Lock()
		p.calls = append(p.calls, strings.TrimSpace(r.URL.RawQuery+" "+string(body)))
		p.mu.Unlock()
		_, _ = io.WriteString(w, `{"id":7}`)
	case "/ok", "/users/7":
		_, _ = fmt.Fprintf(w, `{"a":1,"key":%q}`, r.Header.Get("X-Key"))
	case "/moved":
		http.Redirect(w, r, "/ok", http.StatusFound)
	case "/early":
		panic(http.ErrAbortHandler)
	case "/hang":
		<-r.Context().Done()
	case "/progress":
		raw(w, "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}")
	case "/only-progress":
		raw(w, "HTTP/1.1 102 Processing\r\n\r\n")
	case "/no-http":
		raw(w, "hello\r\n\r\n")
	case "/page":
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<p>\x1b[31mout of order</p>")
	case "/coding":
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, `{"a":1}`)
	case "/unknown-coding":
		w.Header().Set("Content-Encoding", "x-secret")
		_, _ = io.WriteString(w, `{"a":1}`)
	case "/latin1":
		_, _ = io.WriteString(w, "{\"a\":\"\xe9\"}")
	case "/cut":
		_, _ = io.WriteString(w, `{"a":`)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// raw answers with bytes of its own, and closes the connection.
func raw(w http.ResponseWriter, text string) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(conn, text)
	_ = conn.Close()
}

// exits runs a program and wants an exit code: exits CODE PROGRAM [ARGUMENT]...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGUMENT]...")
	}
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if want := args[0]; want != strconv.Itoa(code) {
		ts.Fatalf("exit code %d, want %s", code, want)
	}
}
