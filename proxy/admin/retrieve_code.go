package admin

import (
	"io"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations/clientcode"
)

// contentJava is what MockServer calls code in Java.
const contentJava = "application/java; charset=utf-8"

// A codeFormat is a language that expectations are printed as programs in, and
// what MockServer calls such a text.
type codeFormat struct {
	language clientcode.Language
	content  string
}

var codeFormats = []codeFormat{
	{clientcode.Java, contentJava},
	{clientcode.JavaScript, "application/javascript; charset=utf-8"},
	{clientcode.Python, "text/x-python; charset=utf-8"},
	{clientcode.Go, "text/x-go; charset=utf-8"},
	{clientcode.CSharp, "text/x-csharp; charset=utf-8"},
	{clientcode.Ruby, "text/x-ruby; charset=utf-8"},
	{clientcode.Rust, "text/x-rust; charset=utf-8"},
	{clientcode.PHP, "application/x-httpd-php; charset=utf-8"},
}

// codeRetrieval is the one of expectations as a program, nil where kind or
// format is another.
func codeRetrieval(kind, format string) *retrieval {
	source := (*call).active
	switch kind {
	case "recorded_expectations":
		source = (*call).recorded
	case "active_expectations":
	default:
		return nil
	}
	for _, f := range codeFormats {
		if string(f.language) == format {
			return &retrieval{kind, format, f.content, func(c *call, w io.Writer, selected filter) error {
				return clientcode.Encode(w, f.language, source(c, selected))
			}}
		}
	}
	return nil
}

// withoutCode says in MockServer's words that there are no programs of what is
// no expectation; "" where it does not say so.
func withoutCode(kind, format string) string {
	isCode := slices.ContainsFunc(codeFormats, func(f codeFormat) bool { return string(f.language) == format })
	text := strings.ToUpper(format) + " not supported for " + strings.ToUpper(kind)
	switch {
	case !isCode:
		return ""
	case kind == "requests":
		return text + " (use RECORDED_EXPECTATIONS)"
	}
	return text
}
