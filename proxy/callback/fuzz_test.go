package callback

import "testing"

// FuzzReadMessage: whatever a client sends is read or refused, what is read can
// be answered to, and asking for what it says does not panic.
func FuzzReadMessage(f *testing.F) {
	for _, seed := range []string{
		`{"type":"org.mockserver.model.HttpResponse","value":"{\"statusCode\":200,\"headers\":{\"WebSocketCorrelationId\":[\"n\"]}}"}`,
		`{"type":"org.mockserver.model.HttpRequest","value":{"headers":[{"name":"websocketcorrelationid","values":["n"]}]}}`,
		`{"type":"org.mockserver.serialization.model.WebSocketErrorDTO","value":"{\"message\":\"m\",\"webSocketCorrelationId\":\"n\"}"}`,
		`{"type":1,"value":null}`, `[]`, `{"type":"","value":"{"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := readMessage(data)
		if err != nil {
			return
		}
		if m.number == "" {
			t.Errorf("%s: no number", data)
		}
		if m.failure() == nil {
			_, _ = m.answer()
			_, _ = m.request()
		}
		again, err := readMessage(m.encode())
		if err != nil || again.kind != m.kind || again.number != m.number || string(again.value) != string(m.value) {
			t.Errorf("%s: %+v, again %+v, %v", data, m, again, err)
		}
	})
}
