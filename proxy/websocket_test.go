package proxy_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/pactape/pactape/expectations"
)

// wsEcho answers messages with themselves, and closes when told to.
func wsEcho(t testing.TB) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"chat"}})
		if err != nil {
			t.Error(err)
			return
		}
		defer c.CloseNow()
		for {
			kind, data, err := c.Read(r.Context())
			if err != nil {
				return
			}
			if string(data) == "bye" {
				_ = c.Close(websocket.StatusGoingAway, "so long")
				return
			}
			if err := c.Write(r.Context(), kind, data); err != nil {
				return
			}
		}
	}
}

// dialWebSocket opens a WebSocket.
func dialWebSocket(ctx context.Context, client *http.Client, url string) (*websocket.Conn, answer, error) {
	noTimeout := *client
	noTimeout.Timeout = 0                                            // it would end the connection
	c, resp, err := websocket.Dial(ctx, url, &websocket.DialOptions{ //nolint:bodyclose // Dial sees to it
		HTTPClient: &noTimeout, Subprotocols: []string{"chat"},
	})
	if resp == nil {
		return c, answer{}, err
	}
	return c, answerOf(resp), err
}

func TestWebSocket(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		server func(testing.TB, http.HandlerFunc) *httptest.Server
	}{
		{"ws", upstreamFunc},
		{"wss", upstreamTLS},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := tt.server(t, wsEcho(t))
			var change []func(*config)
			if tt.name == "wss" {
				change = append(change, trusting(server))
			}
			r := start(t, change...)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			c, resp, err := dialWebSocket(ctx, r.client(), server.URL+"/chat?room=1")
			if err != nil {
				t.Fatal(err)
			}
			defer c.CloseNow()
			if resp.Header.Get("Sec-Websocket-Protocol") != "chat" {
				t.Errorf("handshake answer %v", resp.Header)
			}
			// Recorded before the client saw the answer.
			ex := r.tape.only(t)
			if ex.Response.Status != 101 || ex.Request.Path != "/chat" || ex.Failure != nil || len(ex.Response.Body.Bytes) > 0 {
				t.Errorf("exchange %+v", ex)
			}
			for _, size := range []int{5, 1000, 30_000} {
				sent := strings.Repeat("m", size)
				if err := c.Write(ctx, websocket.MessageText, []byte(sent)); err != nil {
					t.Fatal(err)
				}
				if _, got, err := c.Read(ctx); err != nil || string(got) != sent {
					t.Fatalf("read %d bytes, %v; want %d", len(got), err, size)
				}
			}
			_ = c.Write(ctx, websocket.MessageText, []byte("bye"))
			if _, _, err := c.Read(ctx); websocket.CloseStatus(err) != websocket.StatusGoingAway {
				t.Errorf("closed with %v", err)
			}
			if !r.tunnels("websocket") {
				t.Error("the connection is not counted")
			}
		})
	}
}

// TestOtherUpgrades: what follows a switch to any protocol is relayed, and the
// end of either side reaches the other.
func TestOtherUpgrades(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "shout/1" || r.Header.Get("Connection") != "Upgrade" {
			w.WriteHeader(http.StatusUpgradeRequired)
			return
		}
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout/1\r\n\r\nWELCOME\n")
		for {
			line, err := rw.ReadString('\n')
			if err != nil {
				_, _ = io.WriteString(c, "LAST\n")
				return
			}
			_, _ = io.WriteString(c, strings.ToUpper(line))
		}
	})
	r := start(t)
	c := r.dial()
	// The first line of the new protocol comes with the request.
	_, _ = fmt.Fprintf(c, "GET %s/ HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: shout/1\r\n\r\nhello\n", server.URL)
	br := bufio.NewReader(c)
	if resp, _ := read(t, br, "GET"); resp.StatusCode != 101 || resp.Header.Get("Upgrade") != "shout/1" {
		t.Fatalf("answer %+v", resp)
	}
	for _, want := range []string{"WELCOME\n", "HELLO\n"} {
		if line, err := br.ReadString('\n'); err != nil || line != want {
			t.Fatalf("read %q, %v", line, err)
		}
	}
	closeWrite(t, c)
	if rest, err := io.ReadAll(br); err != nil || string(rest) != "LAST\n" {
		t.Errorf("after half-close: %q, %v", rest, err)
	}
}

func TestUpgradeToH2CIsNotPassedOn(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.Header["Upgrade"], r.Header["Connection"], r.Header["Http2-Settings"])
	})
	r := start(t)
	req := newRequest(t, "GET", server.URL, nil)
	req.Header.Set("Connection", "Upgrade, HTTP2-Settings")
	req.Header.Set("Upgrade", "h2c")
	req.Header.Set("HTTP2-Settings", "AAMAAABkAAQAAP__")
	if resp, body := send(t, r.client(), req); resp.StatusCode != 200 || body != "[] [] []" {
		t.Errorf("answer is %d %q", resp.StatusCode, body)
	}
}

func TestSwitchThatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	addr := rawServer(t, func(c net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(c))
		_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		_, _ = io.Copy(io.Discard, c)
	})
	r := start(t)
	if resp, _ := get(t, r.client(), "http://"+addr); resp.StatusCode != 502 {
		t.Errorf("answer is %d", resp.StatusCode)
	}
}

func TestRefusedUpgradeIsAnOrdinaryAnswer(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "no")
	})
	r := start(t)
	_, resp, err := dialWebSocket(t.Context(), r.client(), server.URL)
	if err == nil || resp.StatusCode != 403 {
		t.Errorf("answer %+v, %v", resp, err)
	}
	if ex := r.tape.only(t); ex.Response.Status != 403 || string(ex.Response.Body.Bytes) != "no" {
		t.Errorf("exchange %+v", ex.Response)
	}
	if e := r.space().Log.All(); len(e) != 1 || e[0].Outcome != expectations.Forwarded {
		t.Errorf("log %+v", e)
	}
}
