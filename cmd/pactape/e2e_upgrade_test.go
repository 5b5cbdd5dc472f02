package main_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// shout answers each message of a WebSocket in upper case.
func shout(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // the client has been answered
	}
	defer conn.CloseNow()
	for {
		kind, data, err := conn.Read(r.Context())
		if err != nil {
			return // it is over
		}
		if err := conn.Write(r.Context(), kind, []byte(strings.ToUpper(string(data)))); err != nil {
			return
		}
	}
}

// TestE2EWebSocket has a client under pactape run talk over a WebSocket, each
// message waiting for the answer to the one before.
func TestE2EWebSocket(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	u := startUpstream(t, "ws", http.HandlerFunc(shout))
	long := strings.Repeat("long ", 4000)
	got, r := runChild[[]string](t, h, []string{"--out", h.path("out"), "--upstream-ca", u.ca}, "socket",
		strings.Replace(u.url, "https", "wss", 1), "hello", "again", strings.TrimSpace(strings.ReplaceAll(long, " ", "-")))
	want := []string{"HELLO", "AGAIN", strings.TrimSpace(strings.ReplaceAll(strings.ToUpper(long), " ", "-"))}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	r.says(t, "1 exchange with 1 host", "not in a contract: status 101 (1)")
}

// health is a gRPC service with a unary method, Check, and a streaming one,
// Watch, which sends another message each time List is called, twice, and
// ends.
type health struct {
	healthpb.UnimplementedHealthServer
	next chan struct{}
}

func (*health) Check(context.Context, *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) {
	return &healthpb.HealthCheckResponse{Status: healthpb.HealthCheckResponse_SERVING}, nil
}

func (s *health) Watch(_ *healthpb.HealthCheckRequest, stream grpc.ServerStreamingServer[healthpb.HealthCheckResponse]) error {
	for _, status := range []healthpb.HealthCheckResponse_ServingStatus{
		healthpb.HealthCheckResponse_SERVING, healthpb.HealthCheckResponse_NOT_SERVING,
	} {
		if err := stream.Send(&healthpb.HealthCheckResponse{Status: status}); err != nil {
			return err
		}
		select {
		case <-s.next:
		case <-stream.Context().Done():
			return stream.Context().Err()
		}
	}
	return nil
}

func (s *health) List(ctx context.Context, _ *healthpb.HealthListRequest) (*healthpb.HealthListResponse, error) {
	select {
	case s.next <- struct{}{}:
		return &healthpb.HealthListResponse{}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// TestE2EGRPC has a gRPC client under pactape run call a gRPC server, over TLS
// and without, through CONNECT in both cases, since that is what gRPC does.
// Each call ends with a status in a trailer.
func TestE2EGRPC(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"tls", "plaintext"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			u, ln, config := listenUpstream(t, "grpc")
			creds, args := credentials.NewTLS(config), []string{u.host}
			if kind == "plaintext" {
				creds, args = insecure.NewCredentials(), append(args, kind)
			}
			service := grpc.NewServer(grpc.Creds(creds))
			healthpb.RegisterHealthServer(service, &health{next: make(chan struct{})})
			t.Cleanup(service.Stop)
			go func() { _ = service.Serve(ln) }() // ends with Stop
			got, r := runChild[[]string](t, h, []string{"--out", h.path("out"), "--upstream-ca", u.ca}, "grpc", args...)
			want := []string{"unary SERVING", "stream SERVING", "stream NOT_SERVING"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
			r.says(t, "4 exchanges with 1 host")
			if strings.Contains(r.stderr, "failed") {
				t.Errorf("summary:\n%s", r.stderr)
			}
		})
	}
}
