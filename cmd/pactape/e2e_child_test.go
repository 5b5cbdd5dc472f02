package main_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/pactape/pactape/cmd/pactape/example/shop"
)

// The test binary is the client that pactape run wraps, where it must be
// written in Go: childEnv names what it does, its arguments follow. It takes
// its proxy and its roots from the environment alone.
const childEnv = "PACTAPE_TEST_CHILD"

// childOut is the file that a child writes its result to.
const childOut = "PACTAPE_TEST_CHILD_OUT"

var children = map[string]func(context.Context, []string) (any, error){
	"browse": childBrowse,
	"socket": childSocket,
	"grpc":   childGRPC,
}

// TestChild is not a test: it is the main function of a child.
func TestChild(t *testing.T) {
	name, out := os.Getenv(childEnv), os.Getenv(childOut)
	if name == "" {
		return
	}
	args := strings.Fields(os.Getenv(childEnv + "_ARGS"))
	value, err := children[name](t.Context(), args)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(out, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// runChild has pactape run, with flags, wrap a child of ours, and returns what
// the child found.
func runChild[T any](t *testing.T, h home, flags []string, name string, args ...string) (T, result) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "child.json")
	flags = append(append([]string{"run"}, flags...), "--", self, "-test.run=^TestChild$")
	cmd := h.command(t, flags...)
	cmd.Env = append(cmd.Env, childEnv+"="+name, childOut+"="+out, childEnv+"_ARGS="+strings.Join(args, " "))
	r := finish(t, cmd).want(t, 0)
	var value T
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatal(err)
	}
	return value, r
}

// childTLS trusts what SSL_CERT_FILE has.
func childTLS() (*tls.Config, error) {
	pem, err := os.ReadFile(os.Getenv("SSL_CERT_FILE"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	return &tls.Config{RootCAs: roots}, nil
}

func childTransport() (*http.Transport, error) {
	config, err := childTLS()
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, ForceAttemptHTTP2: true, DisableCompression: true,
	}, err
}

// A seen is one answer as a client sees it.
type seen struct {
	Call   string
	Status int
	Header http.Header
	Body   string // decoded where it was compressed
}

// A witness is a transport that writes down every answer. It accepts gzip if
// told so.
type witness struct {
	base http.RoundTripper
	gzip bool
	seen []seen
}

func (w *witness) RoundTrip(req *http.Request) (*http.Response, error) {
	if w.gzip {
		req = req.Clone(req.Context())
		req.Header.Set("Accept-Encoding", "gzip")
	}
	resp, err := w.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gunzip(body); err != nil {
			return nil, err
		}
	}
	w.seen = append(w.seen, seen{req.Method + " " + req.URL.RequestURI(), resp.StatusCode, resp.Header.Clone(), string(body)})
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

func gunzip(data []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// childBrowse visits the shop at its first argument; a second one, gzip, has
// it accept compressed answers.
func childBrowse(ctx context.Context, args []string) (any, error) {
	transport, err := childTransport()
	if err != nil {
		return nil, err
	}
	w := &witness{base: transport, gzip: len(args) > 1}
	_, err = shop.Browse(ctx, &http.Client{Transport: w}, args[0])
	return w.seen, err
}

// childSocket sends messages over a WebSocket and returns what comes back.
func childSocket(ctx context.Context, args []string) (any, error) {
	transport, err := childTransport()
	if err != nil {
		return nil, err
	}
	//nolint:bodyclose // there is none to close after a WebSocket's handshake
	conn, _, err := websocket.Dial(ctx, args[0], &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		return nil, err
	}
	var got []string
	for _, message := range args[1:] {
		if err := conn.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
			return nil, err
		}
		_, data, err := conn.Read(ctx)
		if err != nil {
			return nil, err
		}
		got = append(got, string(data))
	}
	return got, conn.Close(websocket.StatusNormalClosure, "")
}

// childGRPC makes a unary and a streaming call to the server at its first
// argument, over TLS unless there is a second.
func childGRPC(ctx context.Context, args []string) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	config, err := childTLS()
	if err != nil {
		return nil, err
	}
	creds := credentials.NewTLS(config)
	if len(args) > 1 {
		creds = insecure.NewCredentials()
	}
	conn, err := grpc.NewClient(args[0], grpc.WithTransportCredentials(creds))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	client := healthpb.NewHealthClient(conn)
	unary, err := client.Check(ctx, &healthpb.HealthCheckRequest{Service: "shop"})
	if err != nil {
		return nil, fmt.Errorf("unary call: %w", err)
	}
	got := []string{"unary " + unary.GetStatus().String()}
	stream, err := client.Watch(ctx, &healthpb.HealthCheckRequest{Service: "shop"})
	if err != nil {
		return nil, fmt.Errorf("streaming call: %w", err)
	}
	for {
		update, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return got, nil
		}
		if err != nil {
			return nil, fmt.Errorf("streaming call, after %q: %w", got, err)
		}
		got = append(got, "stream "+update.GetStatus().String())
		// The server sends the next message when this call has come: the
		// stream is held back by nobody.
		if _, err := client.List(ctx, &healthpb.HealthListRequest{}); err != nil {
			return nil, fmt.Errorf("next: %w", err)
		}
	}
}
