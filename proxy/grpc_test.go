package proxy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/pactape/pactape/expectations"
)

// rawCodec sends byte slices as they are.
type rawCodec struct{}

func (rawCodec) Name() string { return "raw" }

func (rawCodec) Marshal(v any) ([]byte, error) {
	b, ok := v.(*[]byte)
	if !ok {
		return nil, fmt.Errorf("%T is not *[]byte", v)
	}
	return *b, nil
}

func (rawCodec) Unmarshal(data []byte, v any) error {
	b, ok := v.(*[]byte)
	if !ok {
		return fmt.Errorf("%T is not *[]byte", v)
	}
	*b = append([]byte(nil), data...)
	return nil
}

// echoService is a gRPC service: Unary and Bidi return what they get, Fail
// fails.
func echoService() *grpc.ServiceDesc {
	unary := func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		var in []byte
		if err := decode(&in); err != nil {
			return nil, err
		}
		return &in, nil
	}
	return &grpc.ServiceDesc{
		ServiceName: "test.Echo",
		HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{
			{MethodName: "Unary", Handler: unary},
			{MethodName: "Fail", Handler: func(any, context.Context, func(any) error, grpc.UnaryServerInterceptor) (any, error) {
				return nil, status.Error(codes.FailedPrecondition, "not today")
			}},
		},
		Streams: []grpc.StreamDesc{{
			StreamName: "Bidi", ServerStreams: true, ClientStreams: true,
			Handler: func(_ any, s grpc.ServerStream) error {
				for {
					var in []byte
					if err := s.RecvMsg(&in); err != nil {
						if errors.Is(err, io.EOF) {
							return nil
						}
						return err
					}
					if err := s.SendMsg(&in); err != nil {
						return err
					}
				}
			},
		}},
	}
}

// dialThrough opens tunnels of the rig for a gRPC client.
func (r *rig) dialThrough(ctx context.Context, addr string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", r.addr)
	if err != nil {
		return nil, err
	}
	_, _ = fmt.Fprintf(c, "CONNECT %s HTTP/1.1\r\nHost: %[1]s\r\n\r\n", addr)
	if _, err := io.ReadFull(c, make([]byte, len(established))); err != nil {
		return nil, err
	}
	return c, nil
}

func TestGRPC(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{true, false} {
		t.Run(fmt.Sprint("tls ", secure), func(t *testing.T) {
			t.Parallel()
			service := grpc.NewServer(grpc.ForceServerCodec(rawCodec{}))
			service.RegisterService(echoService(), nil)
			t.Cleanup(service.Stop)
			var r *rig
			var server *httptest.Server
			creds := insecure.NewCredentials()
			if secure {
				server = upstreamTLS(t, service.ServeHTTP)
				r = start(t, trusting(server))
				creds = credentials.NewTLS(r.tlsConfig())
			} else { // HTTP/2 without TLS inside CONNECT
				server = httptest.NewUnstartedServer(service)
				server.Config.Protocols = new(http.Protocols)
				server.Config.Protocols.SetUnencryptedHTTP2(true)
				server.Start()
				t.Cleanup(server.Close)
				r = start(t)
			}
			conn, err := grpc.NewClient("passthrough:///"+hostOf(server.URL), grpc.WithTransportCredentials(creds),
				grpc.WithContextDialer(r.dialThrough), grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{})))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			unaryCalls(ctx, t, r, conn)
			bidiCall(ctx, t, r, conn)
		})
	}
}

func unaryCalls(ctx context.Context, t *testing.T, r *rig, conn *grpc.ClientConn) {
	t.Helper()
	in, out := []byte("hello"), []byte(nil)
	if err := conn.Invoke(ctx, "/test.Echo/Unary", &in, &out); err != nil || string(out) != "hello" {
		t.Fatalf("unary: %q, %v", out, err)
	}
	ex := r.tape.only(t)
	if q := ex.Request; q.Path != "/test.Echo/Unary" || string(q.Body.Bytes) != "\x00\x00\x00\x00\x05hello" || q.Protocol != "HTTP/2.0" {
		t.Errorf("recorded request %+v", q)
	}
	if s := ex.Response; string(s.Body.Bytes) != "\x00\x00\x00\x00\x05hello" || s.Trailer.Get("Grpc-Status") != "0" {
		t.Errorf("recorded response %+v", s)
	}
	err := conn.Invoke(ctx, "/test.Echo/Fail", &in, &out)
	if s := status.Convert(err); s.Code() != codes.FailedPrecondition || s.Message() != "not today" {
		t.Errorf("failing call: %v", err)
	}
}

func bidiCall(ctx context.Context, t *testing.T, r *rig, conn *grpc.ClientConn) {
	t.Helper()
	before := len(r.tape.all())
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, "/test.Echo/Bidi")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 { // each message waits for the answer to the one before
		in, out := fmt.Appendf(nil, "message %d", i), []byte(nil)
		if err := stream.SendMsg(&in); err != nil {
			t.Fatal(err)
		}
		if err := stream.RecvMsg(&out); err != nil || string(out) != string(in) {
			t.Fatalf("received %q, %v", out, err)
		}
	}
	_ = stream.CloseSend()
	var out []byte
	if err := stream.RecvMsg(&out); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
	ex := r.tape.wait(t, before+1)
	if ex.Failure != nil || ex.Response.Trailer.Get("Grpc-Status") != "0" || len(ex.Request.Body.Bytes) != 5*14 {
		t.Errorf("exchange %+v, request of %d bytes", ex, len(ex.Request.Body.Bytes))
	}
}

// TestGRPCReplay: an answer with trailers, as it is learned from a call, is
// one that gRPC clients understand; so is one of trailers only.
func TestGRPCReplay(t *testing.T) {
	t.Parallel()
	r := start(t, inMode(expectations.Simulate))
	header := http.Header{"Content-Type": {"application/grpc+raw"}}
	r.put("/test.Echo/Unary", &expectations.Answer{
		Header: header, Trailer: http.Header{"Grpc-Status": {"0"}},
		Body: &expectations.AnswerBody{Kind: expectations.AnswerBinary, Bytes: []byte("\x00\x00\x00\x00\x08replayed")},
	})
	failed := header.Clone()
	failed.Set("Grpc-Status", "9")
	failed.Set("Grpc-Message", "not today")
	r.put("/test.Echo/Fail", &expectations.Answer{Header: failed})
	for name, creds := range map[string]credentials.TransportCredentials{
		"tls": credentials.NewTLS(r.tlsConfig()), "plain": insecure.NewCredentials(),
	} {
		conn, err := grpc.NewClient("passthrough:///api.test:443", grpc.WithTransportCredentials(creds),
			grpc.WithContextDialer(r.dialThrough), grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{})))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		in, out := []byte("hello"), []byte(nil)
		if err := conn.Invoke(ctx, "/test.Echo/Unary", &in, &out); err != nil || string(out) != "replayed" {
			t.Errorf("%s: %q, %v", name, out, err)
		}
		err = conn.Invoke(ctx, "/test.Echo/Fail", &in, &out)
		if s := status.Convert(err); s.Code() != codes.FailedPrecondition || s.Message() != "not today" {
			t.Errorf("%s: failing call: %v", name, err)
		}
	}
}

// TestGRPCForwardAction: calls sent to us as to a server reach the one that an
// expectation names, streams included.
func TestGRPCForwardAction(t *testing.T) {
	t.Parallel()
	service := grpc.NewServer(grpc.ForceServerCodec(rawCodec{}))
	service.RegisterService(echoService(), nil)
	t.Cleanup(service.Stop)
	server := httptest.NewUnstartedServer(service)
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	t.Cleanup(server.Close)
	r := start(t)
	r.act("/test.Echo/.*", forwardTo(t, server.URL))
	conn, err := grpc.NewClient("passthrough:///"+r.addr, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{})))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	unaryCalls(ctx, t, r, conn)
	bidiCall(ctx, t, r, conn)
}
