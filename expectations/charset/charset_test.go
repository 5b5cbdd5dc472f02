package charset_test

import (
	"testing"

	"github.com/pactape/pactape/expectations/charset"
)

func TestCharsets(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ contentType, text, content string }{
		{"text/plain; charset=iso-8859-1", "é", "\xe9"},
		{"text/plain; charset=Latin1", "é", "\xe9"},
		{`text/plain; charset="ISO-8859-1"; x=y`, "é", "\xe9"},
		{"text/plain; charset=windows-1252", "€", "\x80"},
		{"text/plain; charset=utf-16", "é", "\xfe\xff\x00\xe9"},
		{"text/plain; charset=UTF-16LE", "é", "\xe9\x00"},
		{"text/plain; charset=Shift_JIS", "日本", "\x93\xfa\x96\x7b"},
	} {
		content, ok := charset.Encode([]byte(test.text), test.contentType)
		if !ok || string(content) != test.content {
			t.Errorf("%s: encoded %q %v", test.contentType, content, ok)
		}
		if text, ok := charset.Decode([]byte(test.content), test.contentType); !ok || text != test.text {
			t.Errorf("%s: decoded %q %v", test.contentType, text, ok)
		}
	}
	if text, ok := charset.Decode([]byte("\xff\xfe\xe9\x00"), "text/plain;charset=utf-16"); !ok || text != "é" {
		t.Errorf("little endian by its mark: %q %v", text, ok)
	}
	for _, contentType := range []string{"", "text/plain", "text/plain; charset=UTF-8", "text/plain; charset=none", "text/plain; charset", "; =", "text/plain; charset=utf-7"} {
		if content, ok := charset.Encode([]byte("é"), contentType); ok {
			t.Errorf("%q: encoded %q", contentType, content)
		}
		if text, ok := charset.Decode([]byte("\xe9"), contentType); ok {
			t.Errorf("%q: decoded %q", contentType, text)
		}
	}
}
