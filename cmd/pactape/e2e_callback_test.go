package main_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/coder/websocket"
)

// TestE2ECallbackLimits: the flags bound how many callback clients there are
// and how long one is waited for, and the metric counts them.
func TestE2ECallbackLimits(t *testing.T) {
	t.Parallel()
	s := newHome(t).serve(t, "--mockserver-metrics", "--callback-clients", "1", "--callback-timeout", "50ms")
	url := "ws://" + s.addr + "/_mockserver_callback_websocket"
	conn, _, err := websocket.Dial(t.Context(), url, nil) //nolint:bodyclose // it has none once the connection is taken over
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	_, data, err := conn.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var told struct{ Value string }
	var id struct{ ClientID string }
	if err := json.Unmarshal(data, &told); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(told.Value), &id); err != nil {
		t.Fatal(err)
	}
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
		`{"httpRequest":{"path":"/asked"},"httpResponseObjectCallback":{"clientId":"`+id.ClientID+`"}}`)
	a := s.call(t, http.MethodGet, "/asked", "")
	if want := "callback client " + id.ClientID + " did not answer within 50ms"; a.status != http.StatusNotFound || a.body != want {
		t.Errorf("answered %d %q, want %q", a.status, a.body, want)
	}
	_ = conn.CloseNow()
	s.wantMetric(t, "websocket_callback_clients_count", 0)
}
