package content_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations/content"
)

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	kinds := []struct {
		name string
		is   func(string) bool
	}{
		{"json", content.IsJSON},
		{"lines", content.IsJSONLines},
		{"events", content.IsEventStream},
		{"xml", content.IsXML},
		{"form", content.IsForm},
		{"multipart", content.IsMultipart},
		{"text", content.IsText},
	}
	tests := []struct {
		contentType string
		want        []string
	}{
		{"", nil},
		{"application/octet-stream", nil},
		{"image/png", nil},
		{"application/json", []string{"json", "text"}},
		{"Application/JSON ; charset=UTF-8", []string{"json", "text"}},
		{"text/json", []string{"json", "text"}},
		{"application/vnd.api+json", []string{"json", "text"}},
		{"application/json-patch", nil},
		{"application/x-ndjson", []string{"lines", "text"}},
		{"application/json-seq", []string{"text"}},
		{"text/event-stream", []string{"events", "text"}},
		{"text/xml", []string{"xml", "text"}},
		{"application/soap+xml; action=x", []string{"xml", "text"}},
		{"image/svg+xml", []string{"xml", "text"}},
		{"application/x-www-form-urlencoded", []string{"form", "text"}},
		{"multipart/form-data; boundary=x", []string{"multipart"}},
		{"text/plain", []string{"text"}},
		{"application/javascript", []string{"text"}},
		{"application/vnd.oai.openapi+yaml", []string{"text"}},
	}
	for _, tt := range tests {
		var got []string
		for _, k := range kinds {
			if k.is(tt.contentType) {
				got = append(got, k.name)
			}
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", tt.contentType, d)
		}
	}
}

func TestParam(t *testing.T) {
	t.Parallel()
	tests := []struct{ contentType, name, want string }{
		{"text/plain; charset=utf-8", "charset", "utf-8"},
		{"text/plain;CHARSET=UTF-8", "charset", "UTF-8"},
		{`text/plain; charset="utf-8"`, "charset", "utf-8"},
		{`multipart/mixed; boundary="a;b\"c"; charset=x`, "boundary", `a;b"c`},
		{`multipart/mixed; boundary="a;b\"c"; charset=x`, "charset", "x"},
		{`multipart/mixed; x="unclosed; charset=y`, "charset", ""},
		{"charset=utf-8", "charset", ""},
		{"text/plain", "charset", ""},
		{"", "charset", ""},
	}
	for _, tt := range tests {
		if got := content.Param(tt.contentType, tt.name); got != tt.want {
			t.Errorf("Param(%q, %q) = %q, want %q", tt.contentType, tt.name, got, tt.want)
		}
	}
	if got := content.Charset("text/html; charset=ISO-8859-1"); got != "iso-8859-1" {
		t.Errorf("Charset = %q, want lower case", got)
	}
}
