package capture

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/pactape/pactape/capture/journal"
	"github.com/pactape/pactape/expectations"
)

// A decoder reads exchanges.
type decoder struct {
	// blob reads a body that was put aside.
	blob func(b journal.Blob) ([]byte, error)
	// values is cut up into the values of header fields.
	values []string
	// blobErr is the first error of blob.
	blobErr error
}

// exchange reads the line of an exchange. The result shares nothing with the
// line.
func (d *decoder) exchange(line []byte) (*Exchange, error) {
	s := &scanner{data: line, limit: maxDepth}
	ex := &Exchange{}
	version, kind := int64(-1), recordType("")
	for name := range s.object() {
		switch string(name) {
		case "v":
			version = s.int()
		case "type":
			kind = recordType(s.string())
		default:
			d.exchangeMember(s, name, ex)
		}
	}
	s.end()
	if s.err != nil {
		return nil, s.err
	}
	if err := checkRecord(version, kind); err != nil {
		return nil, err
	}
	if kind != recordExchange {
		return nil, fmt.Errorf("%w: %q, not an exchange", errSkip, string(kind))
	}
	if ex.Request == nil {
		return nil, errors.New("exchange without a request")
	}
	return ex, d.blobErr
}

func (d *decoder) exchangeMember(s *scanner, name []byte, ex *Exchange) {
	switch string(name) {
	case "id":
		ex.ID = readID(s)
	case "redactions":
		readRedactions(s, func(in, name, message, class []byte) {
			ex.Redactions = append(ex.Redactions, expectations.Redaction{
				Message: string(message), In: string(in), Name: string(name), Class: string(class),
			})
		})
	case "session":
		ex.Session = expectations.SessionID(readText(s))
	case "mode":
		ex.Mode = expectations.Mode(readText(s))
	case "started":
		ex.Started = readTime(s)
	case "timings":
		readTimings(s, &ex.Timings)
	case "upstream":
		ex.Upstream = string(readText(s))
	case "answeredBy":
		ex.AnsweredBy = string(readText(s))
	case "failure":
		ex.Failure = readFailure(s)
	case "request":
		ex.Request = d.request(s)
	case "response":
		if !s.null() {
			ex.Response = d.response(s)
		}
	default:
		s.skip()
	}
}

func readFailure(s *scanner) *Failure {
	if s.null() {
		return nil
	}
	f := &Failure{}
	for name := range s.object() {
		switch string(name) {
		case "kind":
			f.Kind = FailureKind(readText(s))
		case "message":
			f.Message = string(readText(s))
		default:
			s.skip()
		}
	}
	return f
}

func readTimings(s *scanner, t *Timings) {
	for name := range s.object() {
		switch string(name) {
		case "dns":
			t.DNS = readMillis(s)
		case "connect":
			t.Connect = readMillis(s)
		case "tls":
			t.TLS = readMillis(s)
		case "send":
			t.Send = readMillis(s)
		case "wait":
			t.Wait = readMillis(s)
		case "receive":
			t.Receive = readMillis(s)
		case "total":
			t.Total = readMillis(s)
		default:
			s.skip()
		}
	}
}

// readMillis reads a duration in milliseconds, to the nanosecond.
func readMillis(s *scanner) time.Duration {
	text := s.number()
	if s.err != nil {
		return 0
	}
	negative := text[0] == '-'
	whole, frac, _ := bytes.Cut(bytes.TrimPrefix(text, []byte{'-'}), []byte{'.'})
	ms, err := strconv.ParseUint(string(whole), 10, 64)
	if err != nil || len(frac) > 6 || ms > math.MaxInt64/1_000_000 {
		s.fail("not a duration in milliseconds")
		return 0
	}
	n := ms * 1e6
	for unit := uint64(1e5); len(frac) > 0; unit /= 10 {
		if frac[0]-'0' > 9 {
			s.fail("not a duration in milliseconds")
			return 0
		}
		n += uint64(frac[0]-'0') * unit
		frac = frac[1:]
	}
	if n > math.MaxInt64 {
		s.fail("duration out of range")
		return 0
	}
	if negative {
		return -time.Duration(n)
	}
	return time.Duration(n)
}

func (d *decoder) request(s *scanner) *expectations.Request {
	r := &expectations.Request{}
	for name := range s.object() {
		switch string(name) {
		case "method":
			r.Method = readWord(s)
		case "secure":
			r.Secure = s.bool()
		case "authority":
			r.Authority = string(readText(s))
		case "host":
			r.Host = string(readText(s))
		case "path":
			r.Path = string(readText(s))
		case "query":
			r.RawQuery = string(readText(s))
		case "protocol":
			r.Protocol = readWord(s)
		case "keepAlive":
			r.KeepAlive = s.bool()
		case "client":
			r.ClientAddr = string(readText(s))
		case "local":
			r.LocalAddr = string(readText(s))
		case "headers":
			r.Header = d.header(s)
		case "trailers":
			r.Trailer = d.header(s)
		case "body":
			r.Body = d.body(s)
		default:
			s.skip()
		}
	}
	return r
}

func (d *decoder) response(s *scanner) *expectations.Response {
	r := &expectations.Response{}
	for name := range s.object() {
		switch string(name) {
		case "status":
			r.Status = int(s.int())
		case "reason":
			r.Reason = readWord(s)
		case "protocol":
			r.Protocol = readWord(s)
		case "headers":
			r.Header = d.header(s)
		case "trailers":
			r.Trailer = d.header(s)
		case "body":
			r.Body = d.body(s)
		default:
			s.skip()
		}
	}
	return r
}

// header reads header fields.
func (d *decoder) header(s *scanner) http.Header {
	if s.null() {
		return nil
	}
	h := make(http.Header, 8)
	for name := range s.object() {
		key := common(name)
		start := len(d.values)
		for range s.array() {
			if len(d.values) == cap(d.values) {
				// A new slab; what was cut from the old one stays there.
				d.values = append(make([]string, 0, 32), d.values[start:]...)
				start = 0
			}
			d.values = append(d.values, string(readText(s)))
		}
		h[key] = nil
		if end := len(d.values); end > start {
			h[key] = d.values[start:end:end]
		}
	}
	return h
}

// body reads a body.
func (d *decoder) body(s *scanner) expectations.Body {
	b := expectations.Body{Size: -1}
	var tail []byte
	for name := range s.object() {
		switch string(name) {
		case "size":
			b.Size = s.int()
		case "coding":
			b.Coding = string(readText(s))
		case "encoded":
			b.Encoded = s.bool()
		case "truncated":
			b.Truncated = s.bool()
		case "text":
			b.Bytes = owned(s)
		case "base64":
			b.Bytes = readBase64(s)
		case "json":
			b.Bytes = append([]byte{}, s.raw()...)
		case "end":
			tail = owned(s)
		case "blob":
			b.Bytes = d.aside(s)
		default:
			s.skip()
		}
	}
	b.Bytes = append(b.Bytes, tail...)
	if b.Size < 0 {
		b.Size = int64(len(b.Bytes))
	}
	return b
}

// aside reads where a body was put, and the body from there.
func (d *decoder) aside(s *scanner) []byte {
	var blob journal.Blob
	for name := range s.object() {
		switch string(name) {
		case "offset":
			blob.Offset = s.int()
		case "length":
			blob.Length = s.int()
		case "crc32c":
			sum, err := strconv.ParseUint(s.string(), 16, 32)
			if err != nil {
				s.fail("not a CRC-32 in hexadecimal")
			}
			blob.Sum = uint32(sum)
		default:
			s.skip()
		}
	}
	if s.err != nil || d.blobErr != nil {
		return nil
	}
	if d.blob == nil {
		d.blobErr = fmt.Errorf("body at %d is not at hand", blob.Offset)
		return nil
	}
	p, err := d.blob(blob)
	if err != nil {
		d.blobErr = err
	}
	return p
}

// owned reads a string into bytes that are not part of the line; not nil.
func owned(s *scanner) []byte {
	inner, escaped := s.rawString()
	if escaped {
		return unescape(inner)
	}
	return append([]byte{}, inner...)
}

// readText reads what appendText wrote.
func readText(s *scanner) []byte {
	if s.err != nil || s.peek() != '{' {
		return s.stringBytes()
	}
	var p []byte
	for name := range s.object() {
		if string(name) == "base64" {
			p = readBase64(s)
		} else {
			s.skip()
		}
	}
	return p
}

// readBase64 reads a string in base64 (RFC 4648 §4); not nil.
func readBase64(s *scanner) []byte {
	text := s.stringBytes()
	out := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(out, text)
	if err != nil {
		s.fail("not base64")
		return []byte{}
	}
	return out[:n]
}

// readWord reads a text that is likely to be one of a few.
func readWord(s *scanner) string { return common(readText(s)) }

// common returns p as a string, sparing the allocation for what nearly every
// exchange has.
func common(p []byte) string {
	if i, ok := slices.BinarySearchFunc(commonWords[:], p, func(w string, p []byte) int {
		return compareBytes(w, p)
	}); ok {
		return commonWords[i]
	}
	return string(p)
}

// compareBytes is strings.Compare without a conversion.
func compareBytes(a string, b []byte) int {
	switch {
	case a < string(b):
		return -1
	case a > string(b):
		return 1
	default:
		return 0
	}
}

// commonWords is sorted.
var commonWords = [...]string{
	"", "Accept", "Accept-Encoding", "Accept-Language", "Accept-Ranges", "Age",
	"Allow", "Authorization", "Bad Request", "Cache-Control", "Connection",
	"Content-Encoding", "Content-Language", "Content-Length", "Content-Type",
	"Cookie", "Created", "DELETE", "Date", "Etag", "Expires", "GET",
	"HEAD", "HTTP/1.1", "HTTP/2.0", "Host", "If-Match", "If-Modified-Since",
	"If-None-Match", "Last-Modified", "Location", "No Content", "Not Found",
	"Not Modified", "OK", "OPTIONS", "Origin", "PATCH", "POST", "PUT",
	"Pragma", "Referer", "Server", "Set-Cookie", "Strict-Transport-Security",
	"Transfer-Encoding", "User-Agent", "Vary", "Via", "X-Content-Type-Options",
	"X-Forwarded-For", "X-Request-Id",
}
