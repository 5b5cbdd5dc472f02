package admin

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pactape/pactape/expectations"
)

func (c *call) requestsCURL(w io.Writer, f filter) error { return writeCURL(w, c.requests(f)) }

func (c *call) requestResponsesCURL(w io.Writer, f filter) error { return writeCURL(w, c.exchanges(f)) }

// writeCURL prints a command for each request that sends it again, one below
// the other.
func writeCURL(w io.Writer, entries iter.Seq[expectations.Entry]) error {
	out := bufio.NewWriterSize(w, 32<<10)
	first := true
	for e := range entries {
		if !first {
			_, _ = out.WriteString("\n") // Flush has the error
		}
		first = false
		_, _ = out.WriteString(curlOf(e.Request))
	}
	return out.Flush()
}

// curlOf is the command for a POSIX shell.
func curlOf(r *expectations.Request) string {
	scheme := "http://"
	if r.Secure {
		scheme = "https://"
	}
	address := scheme + cmp.Or(r.Authority, r.Host, "localhost") + r.Path
	if r.RawQuery != "" {
		address += "?" + r.RawQuery
	}
	words := []string{"curl", "-v", shellQuote(address)}
	if r.Method != http.MethodGet {
		words = append(words, "-X", shellQuote(r.Method))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		switch {
		case name == "Content-Length", name == "Transfer-Encoding":
			continue // curl's own
		case name == "Content-Encoding" && !r.Body.Encoded:
			continue // what is sent is decoded
		}
		for _, value := range r.Header[name] {
			words = append(words, "-H", shellQuote(name+": "+value))
		}
	}
	if len(r.Body.Bytes) > 0 {
		if len(r.Header["Content-Type"]) == 0 {
			words = append(words, "-H", "'Content-Type:'") // keeps curl from calling it a form
		}
		if !utf8.Valid(r.Body.Bytes) || bytes.IndexByte(r.Body.Bytes, 0) >= 0 {
			// No argument can hold a zero byte, and no text the others.
			return "printf '" + octal(r.Body.Bytes) + "' | " + strings.Join(append(words, "--data-binary", "@-"), " ")
		}
		words = append(words, "--data-raw", shellQuote(string(r.Body.Bytes)))
	}
	return strings.Join(words, " ")
}

// octal is a format of printf that prints the bytes.
func octal(data []byte) string {
	var b strings.Builder
	for _, c := range data {
		fmt.Fprintf(&b, `\%03o`, c)
	}
	return b.String()
}

// shellQuote quotes for a POSIX shell.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
