package callback_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/proxy/callback"
)

type frame struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

const (
	typeRequest  = "org.mockserver.model.HttpRequest"
	typeResponse = "org.mockserver.model.HttpResponse"
)

// server serves clients, of the session that the query names.
func server(t *testing.T, o callback.Options) (*callback.Clients, string) {
	t.Helper()
	clients := callback.New(o)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		clients.Serve(w, r, expectations.SessionID(r.URL.Query().Get("session")))
	}))
	t.Cleanup(s.Close)
	t.Cleanup(clients.Close)
	return clients, s.URL
}

// refused dials and expects to be told that there is no room.
func refused(t *testing.T, url string) {
	t.Helper()
	conn, resp, err := websocket.Dial(t.Context(), url, nil)
	if err == nil {
		_ = conn.CloseNow()
		t.Error("one more was taken")
		return
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("refused with %s", resp.Status)
	}
}

// dial connects and reads the id.
func dial(t *testing.T, url, id string) (*websocket.Conn, string) {
	t.Helper()
	o := &websocket.DialOptions{HTTPHeader: http.Header{"X-CLIENT-REGISTRATION-ID": {id}}}
	conn, resp, err := websocket.Dial(t.Context(), url, o) //nolint:bodyclose // it has none once the connection is taken over
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	f := next(t, conn)
	var told struct {
		ClientID string `json:"clientId"`
	}
	if err := json.Unmarshal([]byte(f.Value), &told); err != nil || f.Type != "org.mockserver.serialization.model.WebSocketClientIdDTO" {
		t.Fatalf("first message %+v: %v", f, err)
	}
	if got := resp.Header.Get("X-CLIENT-REGISTRATION-ID"); got != told.ClientID || id != "" && got != id {
		t.Errorf("registered as %q in the header, %q in the message, want %q", got, told.ClientID, id)
	}
	return conn, told.ClientID
}

func next(t *testing.T, conn *websocket.Conn) (f frame) {
	t.Helper()
	_, data, err := conn.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// numberOf is the number of a question.
func numberOf(t *testing.T, f frame) string {
	t.Helper()
	var req struct {
		Headers     map[string][]string `json:"headers"`
		HTTPRequest struct {
			Headers map[string][]string `json:"headers"`
		} `json:"httpRequest"`
	}
	if err := json.Unmarshal([]byte(f.Value), &req); err != nil {
		t.Fatal(err)
	}
	for _, h := range []map[string][]string{req.Headers, req.HTTPRequest.Headers} {
		if n := h["WebSocketCorrelationId"]; len(n) == 1 {
			return n[0]
		}
	}
	t.Fatalf("no number in %s", f.Value)
	return ""
}

func say(t *testing.T, conn *websocket.Conn, kind, value string) {
	t.Helper()
	data, err := json.Marshal(frame{kind, value})
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Write(t.Context(), websocket.MessageText, data); err != nil {
		t.Error(err)
	}
}

var request = &expectations.Request{Method: "GET", Path: "/a", RawQuery: "q=1", Host: "x.test", Header: http.Header{"X-A": {"1"}}}

// TestRespond: the forms in which clients give the number back, and answers
// that come in another order than the questions.
func TestRespond(t *testing.T) {
	t.Parallel()
	clients, url := server(t, callback.Options{})
	conn, id := dial(t, url, "")
	type result struct {
		answer *expectations.Answer
		err    error
	}
	results := make(chan result)
	ask := func() {
		go func() {
			a, err := clients.Respond(t.Context(), id, request)
			results <- result{a, err}
		}()
	}
	ask()
	first := next(t, conn)
	if first.Type != typeRequest || !strings.Contains(first.Value, `"path":"/a"`) || request.Header.Get("WebSocketCorrelationId") != "" {
		t.Errorf("asked %+v", first)
	}
	ask()
	second := next(t, conn)
	waiting(t, clients, 2, 0)
	for i, m := range []struct{ number, headers string }{
		{numberOf(t, second), `[{"name":"webSocketCorrelationId","values":["%"]},{"name":"x","values":["2"]}]`},
		{numberOf(t, first), `{"WebSocketCorrelationId":["%"],"X":["1"]}`},
	} {
		say(t, conn, typeResponse, `{"statusCode":20`+string(rune('1'+i))+`,"headers":`+strings.Replace(m.headers, "%", m.number, 1)+`,"body":"b"}`)
		got := <-results
		if got.err != nil || got.answer.Status != 201+i || len(got.answer.Header) != 1 || string(got.answer.Body.Bytes) != "b" {
			t.Errorf("%d: %+v, %v", i, got.answer, got.err)
		}
	}
	waiting(t, clients, 0, 0)
}

// waiting checks how many questions there are.
func waiting(t *testing.T, clients *callback.Clients, responses, requests int) {
	t.Helper()
	if gotResponses, gotRequests := clients.Waiting(); gotResponses != responses || gotRequests != requests {
		t.Errorf("%d responses and %d requests are waited for, want %d and %d", gotResponses, gotRequests, responses, requests)
	}
}

func TestForwardAndAmend(t *testing.T) {
	t.Parallel()
	clients, url := server(t, callback.Options{})
	conn, id := dial(t, url, "mine")
	go func() {
		n := numberOf(t, next(t, conn))
		waiting(t, clients, 0, 1)
		say(t, conn, typeRequest, `{"path":"/b","headers":{"Host":["y.test"],"WebSocketCorrelationId":["`+n+`"]}}`)
		pair := next(t, conn)
		waiting(t, clients, 1, 0)
		if pair.Type != "org.mockserver.model.HttpRequestAndHttpResponse" || !strings.Contains(pair.Value, `"httpResponse":{"statusCode":418`) {
			t.Errorf("asked %+v", pair)
		}
		say(t, conn, typeResponse, `{"statusCode":200,"headers":{"WebSocketCorrelationId":["`+numberOf(t, pair)+`"]}}`)
	}()
	o, err := clients.Forward(t.Context(), id, request)
	if err != nil || o.Path != "/b" || len(o.Header) != 1 {
		t.Fatalf("%+v, %v", o, err)
	}
	a, err := clients.Amend(t.Context(), id, request, &expectations.Response{Status: 418})
	if err != nil || a.Status != 200 {
		t.Errorf("%+v, %v", a, err)
	}
	waiting(t, clients, 0, 0)
}

// TestClientFails: every way in which a client can fail ends the wait, with a
// reason; what makes no sense is passed over.
func TestClientFails(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		kind, value string
		want        string
	}{
		"its own words": {"org.mockserver.serialization.model.WebSocketErrorDTO", `{"message":"no stock","webSocketCorrelationId":"%"}`, "no stock"},
		"no words":      {"org.mockserver.serialization.model.WebSocketErrorDTO", `{"webSocketCorrelationId":"%"}`, "does not say why"},
		"another type":  {typeRequest, `{"headers":{"WebSocketCorrelationId":["%"]}}`, "want " + typeResponse},
		"bad response":  {typeResponse, `{"statusCode":"x","headers":{"WebSocketCorrelationId":["%"]}}`, "$.statusCode"},
		"leaves":        {"", "", "not connected"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clients, url := server(t, callback.Options{})
			conn, id := dial(t, url, "")
			go func() {
				n := numberOf(t, next(t, conn))
				if tt.kind == "" {
					_ = conn.CloseNow()
					return
				}
				_ = conn.Write(t.Context(), websocket.MessageText, []byte("nonsense"))
				say(t, conn, typeResponse, `{"statusCode":200}`)
				say(t, conn, typeResponse, `{"statusCode":200,"headers":{"WebSocketCorrelationId":["of nobody"]}}`)
				say(t, conn, tt.kind, strings.Replace(tt.value, "%", n, 1))
			}()
			a, err := clients.Respond(t.Context(), id, request)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%+v, %v; want %q", a, err, tt.want)
			}
		})
	}
}

func TestUnknownClient(t *testing.T) {
	t.Parallel()
	clients, url := server(t, callback.Options{})
	if _, err := clients.Forward(t.Context(), "nobody", request); !errors.Is(err, callback.ErrGone) {
		t.Errorf("error %v", err)
	}
	_, id := dial(t, url, "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := clients.Respond(ctx, id, request); !errors.Is(err, context.Canceled) {
		t.Errorf("a request that was given up: %v", err)
	}
}

// TestTimeout: a client that says nothing is waited for so long and no longer.
func TestTimeout(t *testing.T) {
	t.Parallel()
	clients, url := server(t, callback.Options{Timeout: time.Millisecond})
	_, id := dial(t, url, "")
	if _, err := clients.Respond(t.Context(), id, request); err == nil || !strings.Contains(err.Error(), "within 1ms") {
		t.Errorf("error %v", err)
	}
}

// TestPing: a client that asks whether the connection lives is told so.
func TestPing(t *testing.T) {
	t.Parallel()
	_, url := server(t, callback.Options{})
	conn, _ := dial(t, url, "")
	ctx := conn.CloseRead(t.Context()) // reads the answer
	if err := conn.Ping(ctx); err != nil {
		t.Error(err)
	}
}

// ended reads until the connection has ended.
func ended(t *testing.T, conn *websocket.Conn) {
	t.Helper()
	if _, _, err := conn.Read(t.Context()); err == nil || t.Context().Err() != nil {
		t.Errorf("the connection lives: %v", err)
	}
}

func TestBoundAndReset(t *testing.T) {
	t.Parallel()
	clients, url := server(t, callback.Options{MaxClients: 2})
	a, _ := dial(t, url+"?session=a", "a")
	b, _ := dial(t, url+"?session=b", "b")
	refused(t, url)
	again, _ := dial(t, url+"?session=a", "a") // in place of the first
	ended(t, a)
	clients.Reset("a")
	ended(t, again)
	go func() {
		n := numberOf(t, next(t, b))
		say(t, b, typeResponse, `{"headers":{"WebSocketCorrelationId":["`+n+`"]}}`)
	}()
	if _, err := clients.Respond(t.Context(), "b", request); err != nil {
		t.Errorf("the other session's: %v", err)
	}
	clients.Close()
	ended(t, b)
	refused(t, url)
}

func TestOverHTTP2(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.ProtoMajor = 2
	w := httptest.NewRecorder()
	callback.New(callback.Options{}).Serve(w, r, "")
	if w.Code != http.StatusNotImplemented {
		t.Errorf("status %d", w.Code)
	}
}
