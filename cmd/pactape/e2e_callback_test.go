package main_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// TestE2ECallbackLimits: the flags bound how many callback clients there are
// and how long one is waited for, and the metric counts them.
func TestE2ECallbackLimits(t *testing.T) {
	t.Parallel()
	s := newHome(t).serve(t, "--mockserver-metrics", "--callback-clients", "1", "--callback-timeout", "50ms")
	url := "ws://" + s.addr + "/_mockserver_callback_websocket"
	conn, id := callbackClient(t, url)
	s.wantMetric(t, "websocket_callback_clients_count", 1)

	second, resp, err := websocket.Dial(t.Context(), url, nil)
	if err == nil {
		_ = second.CloseNow()
		t.Fatal("a second client was taken")
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the second was refused with %s", resp.Status)
	}

	// The client says nothing.
	s.put(t, http.StatusCreated, "expectation",
		`{"httpRequest":{"path":"/asked"},"httpResponseObjectCallback":{"clientId":"`+id+`"}}`)
	a := s.call(t, http.MethodGet, "/asked", "")
	if want := "callback client " + id + " did not answer within 50ms"; a.status != http.StatusNotFound || a.body != want {
		t.Errorf("answered %d %q, want %q", a.status, a.body, want)
	}
	_ = conn.CloseNow()
	s.wantMetric(t, "websocket_callback_clients_count", 0)
}

// callbackClient connects and reads the id.
func callbackClient(t *testing.T, url string) (conn *websocket.Conn, id string) {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), url, nil) //nolint:bodyclose // it has none once the connection is taken over
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	var told struct{ ClientID string }
	if err := json.Unmarshal([]byte(callbackMessage(t, conn)), &told); err != nil {
		t.Fatal(err)
	}
	return conn, told.ClientID
}

// callbackMessage reads what the client is asked, or told.
func callbackMessage(t *testing.T, conn *websocket.Conn) string {
	t.Helper()
	_, data, err := conn.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var message struct{ Value string }
	if err := json.Unmarshal(data, &message); err != nil {
		t.Fatal(err)
	}
	return message.Value
}

// TestE2ECallbackHandlers: a question is a handler until it is answered, of the
// kind of its answer, as in MockServer 7.
func TestE2ECallbackHandlers(t *testing.T) {
	t.Parallel()
	s := newHome(t).serve(t, "--mockserver-metrics")
	conn, id := callbackClient(t, "ws://"+s.addr+"/_mockserver_callback_websocket")
	s.put(t, http.StatusCreated, "expectation", `[{"httpRequest":{"path":"/target"},"httpResponse":{"body":"there"}},
		{"httpRequest":{"path":"/forward"},"httpForwardObjectCallback":{"clientId":"`+id+`","responseCallback":true}}]`)
	metrics := func(responses, forwards float64) {
		t.Helper()
		s.wantMetric(t, "websocket_callback_response_handlers_count", responses)
		s.wantMetric(t, "websocket_callback_forward_handlers_count", forwards)
	}
	say := func(kind, value string) {
		t.Helper()
		text, err := json.Marshal(map[string]string{"type": "org.mockserver.model." + kind, "value": value})
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.Write(t.Context(), websocket.MessageText, text); err != nil {
			t.Fatal(err)
		}
	}
	metrics(0, 0)
	answered := make(chan string)
	go func() { answered <- s.call(t, http.MethodGet, "/forward", "").body }()
	number := callbackNumber(t, callbackMessage(t, conn))
	metrics(0, 1)
	say("HttpRequest", `{"path":"/target","headers":{"Host":["`+s.addr+`"],"WebSocketCorrelationId":["`+number+`"]}}`)
	number = callbackNumber(t, callbackMessage(t, conn))
	metrics(1, 0)
	say("HttpResponse", `{"body":"here","headers":{"WebSocketCorrelationId":["`+number+`"]}}`)
	if body := <-answered; body != "here" {
		t.Errorf("answered %q", body)
	}
	metrics(0, 0)
}

// callbackNumber is the number of a question, which its answer has too.
func callbackNumber(t *testing.T, question string) string {
	t.Helper()
	_, rest, ok := strings.Cut(question, `"WebSocketCorrelationId":["`)
	if !ok {
		t.Fatalf("no number in %s", question)
	}
	number, _, _ := strings.Cut(rest, `"`)
	return number
}
