package proxy_test

import (
	"net/http"
	"testing"

	"github.com/pactape/pactape/expectations"
)

// TestTextsInCharsets: what an expectation has as text is sent in the charset
// of its Content-Type, and bytes are sent as they are.
func TestTextsInCharsets(t *testing.T) {
	t.Parallel()
	r := start(t)
	latin := http.Header{"content-type": {"text/plain; charset=iso-8859-1"}}
	for path, tt := range map[string]struct {
		answer expectations.Answer
		want   string
	}{
		"/header": {expectations.Answer{Header: latin, Body: &expectations.AnswerBody{Kind: expectations.AnswerString, Bytes: []byte("é")}}, "\xe9"},
		"/body":   {expectations.Answer{Body: &expectations.AnswerBody{Kind: expectations.AnswerXML, Bytes: []byte("<é/>"), ContentType: "text/xml; charset=utf-16"}}, "\xfe\xff\x00<\x00\xe9\x00/\x00>"},
		"/utf8":   {expectations.Answer{Body: &expectations.AnswerBody{Kind: expectations.AnswerJSON, Bytes: []byte(`"é"`), ContentType: "application/json; charset=utf-8"}}, `"é"`},
		"/none":   {expectations.Answer{Body: &expectations.AnswerBody{Kind: expectations.AnswerString, Bytes: []byte("é"), ContentType: "text/plain"}}, "é"},
		"/bytes":  {expectations.Answer{Header: latin, Body: &expectations.AnswerBody{Kind: expectations.AnswerBinary, Bytes: []byte("é")}}, "é"},
		"/raw":    {expectations.Answer{Header: latin, Body: &expectations.AnswerBody{Kind: expectations.AnswerString, Bytes: []byte("\xe9")}}, "\xe9"},
	} {
		r.put(path, &tt.answer)
		if _, body := get(t, r.client(), "http://api.test"+path); body != tt.want {
			t.Errorf("%s: %q, want %q", path, body, tt.want)
		}
	}
}
