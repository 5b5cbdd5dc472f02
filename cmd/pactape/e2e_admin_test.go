package main_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestE2EBindAndStop adds a port by a call, uses it, and ends the server by
// another, as MockServer's clients do.
func TestE2EBindAndStop(t *testing.T) {
	t.Parallel()
	s := newHome(t).serve(t)
	s.put(t, http.StatusCreated, "expectation", `{"httpRequest": {"path": "/mine"}, "httpResponse": {"statusCode": 418}}`)
	bound := s.put(t, http.StatusOK, "bind", `{"ports": [0]}`)
	port := regexp.MustCompile(`"ports" : \[ (\d+) \]`).FindStringSubmatch(bound.body)
	if port == nil {
		t.Fatalf("bind answers %s", bound.body)
	}
	got, err := send(t.Context(), s.client, http.MethodGet, "http://127.0.0.1:"+port[1]+"/mine", "")
	if err != nil || got.status != http.StatusTeapot {
		t.Errorf("the new port answers %d, %v", got.status, err)
	}
	if all := s.put(t, http.StatusOK, "status", ""); !strings.Contains(all.body, ", "+port[1]+" ]") {
		t.Errorf("status does not name the new port: %s", all.body)
	}
	if taken := s.put(t, http.StatusBadRequest, "bind", `{"ports": [0, `+port[1]+`]}`); !strings.Contains(taken.body, "port already in use") {
		t.Errorf("a port that is taken: %s", taken.body)
	}
	s.put(t, http.StatusOK, "stop", `""`)
	s.end(t).want(t, 0)
}

// TestE2EConfiguration changes what a running server logs and how many
// expectations it holds.
func TestE2EConfiguration(t *testing.T) {
	t.Parallel()
	s := newHome(t).serve(t, "--max-expectations", "10")
	if got := s.call(t, http.MethodGet, "/mockserver/configuration", ""); !strings.Contains(got.body, `"maxExpectations" : 10`) {
		t.Errorf("the flag is not in the configuration: %s", got.body)
	}
	s.put(t, http.StatusCreated, "expectation", `[{"id": "a", "httpResponse": {}}, {"id": "b", "httpResponse": {}}]`)
	s.put(t, http.StatusOK, "configuration", `{"maxExpectations": 1, "logLevel": "OFF", "livenessHttpGetPath": "/probe", "attachMismatchDiagnosticToResponse": true}`)
	active := s.put(t, http.StatusOK, "retrieve?type=active_expectations", "")
	if strings.Contains(active.body, `"a"`) || !strings.Contains(active.body, `"b"`) {
		t.Errorf("active: %s", active.body)
	}
	if got := s.call(t, http.MethodGet, "/probe", ""); got.status != http.StatusOK || !strings.Contains(got.body, "mockserver-core") {
		t.Errorf("the probe is answered %d %s", got.status, got.body)
	}
	s.put(t, http.StatusOK, "clear", "")
	if got := s.call(t, http.MethodGet, "/nobody", ""); got.header.Get("X-Mockserver-Closest-Match") != "no expectations configured" {
		t.Errorf("a miss answers %v", got.header)
	}
	s.put(t, http.StatusOK, "stop", "")
	s.end(t).want(t, 0)
}

// TestE2ELogs reads the account of events as MockServer's Node client does.
func TestE2ELogs(t *testing.T) {
	t.Parallel()
	s := newHome(t).serve(t)
	s.put(t, http.StatusOK, "reset", `""`)
	s.put(t, http.StatusCreated, "expectation",
		`{"httpRequest": {"path": "/somePathOne"}, "httpResponse": {"statusCode": 201}, "times": {"remainingTimes": 1}}`)
	s.call(t, http.MethodPost, "/somePathOne", "someBody")
	s.call(t, http.MethodGet, "/notFound", "")
	logs := s.put(t, http.StatusOK, "retrieve?type=LOGS", `{"path": "/somePathOne"}`)
	events := strings.Split(logs.body, strings.Repeat("-", 36))
	want := []string{
		"resetting all expectations and request logs",
		"creating expectation:\n\n  {\n    \"httpRequest\" : {\n      \"path\" : \"/somePathOne\"",
		"received request:\n\n  {\n    \"method\" : \"POST\",\n    \"path\" : \"/somePathOne\",\n",
		"request:\n\n  {\n    \"method\" : \"POST\"",
		"returning response:\n\n  {\n    \"statusCode\" : 201",
		"removed expectation:\n\n  {",
	}
	if len(events) != len(want) {
		t.Fatalf("%d events:\n%s", len(events), logs.body)
	}
	for i, event := range events {
		_, message, _ := strings.Cut(event, " - ")
		if !strings.HasPrefix(message, want[i]) {
			t.Errorf("event %d is %q, want %q", i, message, want[i])
		}
	}
	if !strings.Contains(events[3], "\n\n matched expectation:\n\n  {\n    \"httpRequest\"") {
		t.Errorf("event 3 does not show the expectation: %s", events[3])
	}
}
