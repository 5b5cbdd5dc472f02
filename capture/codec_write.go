package capture

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/pactape/pactape/capture/journal"
	"github.com/pactape/pactape/expectations"
)

// maxEmbedDepth bounds the nesting of a JSON body that is embedded in a line;
// jq, for one, stops at 256.
const maxEmbedDepth = 200

// An encoder appends records. It is used by one goroutine and keeps scratch
// space between calls.
type encoder struct {
	// inline is the largest body, in bytes, that goes into the line.
	inline int
	// blob puts a larger one aside.
	blob  func(p []byte) journal.Blob
	names []string
}

// exchange appends the line of an exchange. What a reader of the whole
// recording needs comes first; see [lineHead].
func (e *encoder) exchange(dst []byte, ex *Exchange, lesson *Lesson) []byte {
	dst = append(dst, `{"v":1,"type":"exchange","id":"`...)
	dst = appendUUID(dst, ex.ID)
	dst = append(dst, `","learn":`...)
	dst = appendLesson(dst, lesson)
	dst = appendRedactions(dst, ex.Redactions)
	dst = appendMember(dst, `,"session":`, string(ex.Session))
	dst = appendMember(dst, `,"mode":`, string(ex.Mode))
	if !ex.Started.IsZero() {
		dst = appendTime(append(dst, `,"started":`...), ex.Started)
	}
	dst = appendTimings(dst, &ex.Timings)
	dst = appendMember(dst, `,"upstream":`, ex.Upstream)
	dst = appendMember(dst, `,"answeredBy":`, ex.AnsweredBy)
	if ex.Failure != nil {
		dst = appendText(append(dst, `,"failure":{"kind":`...), string(ex.Failure.Kind))
		dst = appendText(append(dst, `,"message":`...), ex.Failure.Message)
		dst = append(dst, '}')
	}
	dst = e.request(append(dst, `,"request":`...), ex.Request)
	if ex.Response != nil {
		dst = e.response(append(dst, `,"response":`...), ex.Response)
	}
	return append(dst, '}')
}

// request appends a request.
func (e *encoder) request(dst []byte, r *expectations.Request) []byte {
	dst = appendText(append(dst, `{"method":`...), r.Method)
	if r.Secure {
		dst = append(dst, `,"secure":true`...)
	}
	dst = appendMember(dst, `,"authority":`, r.Authority)
	dst = appendMember(dst, `,"host":`, r.Host)
	dst = appendText(append(dst, `,"path":`...), r.Path)
	dst = appendMember(dst, `,"query":`, r.RawQuery)
	dst = appendMember(dst, `,"protocol":`, r.Protocol)
	if r.KeepAlive {
		dst = append(dst, `,"keepAlive":true`...)
	}
	dst = appendMember(dst, `,"client":`, r.ClientAddr)
	dst = appendMember(dst, `,"local":`, r.LocalAddr)
	dst = e.header(dst, `,"headers":`, r.Header)
	dst = e.header(dst, `,"trailers":`, r.Trailer)
	dst = e.body(dst, r.Body)
	return append(dst, '}')
}

// response appends a response.
func (e *encoder) response(dst []byte, r *expectations.Response) []byte {
	dst = strconv.AppendInt(append(dst, `{"status":`...), int64(r.Status), 10)
	dst = appendMember(dst, `,"reason":`, r.Reason)
	dst = appendMember(dst, `,"protocol":`, r.Protocol)
	dst = e.header(dst, `,"headers":`, r.Header)
	dst = e.header(dst, `,"trailers":`, r.Trailer)
	dst = e.body(dst, r.Body)
	return append(dst, '}')
}

// header appends a member with the fields in the order of their names, so
// that recordings can be compared; nothing if there is no header.
func (e *encoder) header(dst []byte, member string, h http.Header) []byte {
	if h == nil {
		return dst
	}
	e.names = e.names[:0]
	for name := range h {
		e.names = append(e.names, name)
	}
	slices.Sort(e.names)
	dst = append(append(dst, member...), '{')
	for i, name := range e.names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, name), ':', '[')
		for i, value := range h[name] {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendText(dst, value)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// body appends the member "body"; nothing for the zero Body.
func (e *encoder) body(dst []byte, b expectations.Body) []byte {
	if b.Bytes == nil && b.Coding == "" && b.Size == 0 && !b.Truncated && !b.Encoded {
		return dst
	}
	dst = strconv.AppendInt(append(dst, `,"body":{"size":`...), b.Size, 10)
	dst = appendMember(dst, `,"coding":`, b.Coding)
	if b.Encoded {
		dst = append(dst, `,"encoded":true`...)
	}
	if b.Truncated {
		dst = append(dst, `,"truncated":true`...)
	}
	if b.Bytes != nil {
		dst = e.content(dst, b.Bytes)
	}
	return append(dst, '}')
}

// content appends the member that holds the bytes of a body.
func (e *encoder) content(dst, p []byte) []byte {
	if len(p) > e.inline {
		blob := e.blob(p)
		dst = strconv.AppendInt(append(dst, `,"blob":{"offset":`...), blob.Offset, 10)
		dst = strconv.AppendInt(append(dst, `,"length":`...), blob.Length, 10)
		dst = append(dst, `,"crc32c":"`...)
		dst = hex.AppendEncode(dst, []byte{byte(blob.Sum >> 24), byte(blob.Sum >> 16), byte(blob.Sum >> 8), byte(blob.Sum)})
		return append(dst, `"}`...)
	}
	if !utf8.Valid(p) {
		dst = base64.StdEncoding.AppendEncode(append(dst, `,"base64":"`...), p)
		return append(dst, '"')
	}
	if n := embeddable(p); n > 0 {
		dst = append(append(dst, `,"json":`...), p[:n]...)
		if n < len(p) {
			dst = appendString(append(dst, `,"end":`...), p[n:])
		}
		return dst
	}
	return appendString(append(dst, `,"text":`...), p)
}

// embeddable returns the length of the JSON object or array that p consists
// of, apart from white space behind it, or 0 if it cannot stand in a line as
// it is. Scalars are left out: a text "null" is not null.
func embeddable(p []byte) int {
	if len(p) < 2 || (p[0] != '{' && p[0] != '[') {
		return 0
	}
	value := bytes.TrimRight(p, " \t\r\n")
	if bytes.IndexByte(value, '\n') >= 0 || bytes.IndexByte(value, '\r') >= 0 {
		return 0
	}
	s := scanner{data: value, limit: maxEmbedDepth}
	s.skip()
	if s.end(); s.err != nil {
		return 0
	}
	return len(value)
}

// appendLesson appends what an exchange teaches.
func appendLesson(dst []byte, l *Lesson) []byte {
	dst = appendText(append(dst, `{"rules":`...), l.Rules)
	if l.Skip != "" {
		dst = appendText(append(dst, `,"skip":`...), l.Skip)
		return append(dst, '}')
	}
	dst = appendKey(append(dst, `,"key":`...), l.Key)
	if l.Mask != [16]byte{} {
		dst = hex.AppendEncode(append(dst, `,"mask":"`...), l.Mask[:])
		dst = append(dst, '"')
	}
	dst = appendHex64(append(dst, `,"caller":"`...), l.Caller)
	dst = appendHex64(append(dst, `","answer":"`...), l.Answer)
	return append(dst, `"}`...)
}

// appendKey appends [Key.String] as a JSON string, without making one.
func appendKey(dst []byte, k Key) []byte {
	if !utf8.ValidString(k.Authority) {
		return appendText(dst, k.String())
	}
	dst = append(dst, '"')
	if k.Masked {
		dst = append(dst, '~')
	}
	dst = hex.AppendEncode(dst, k.Hash[:])
	if k.Authority == "" {
		return append(dst, '"')
	}
	quote := len(dst)
	dst = appendString(dst, k.Authority)
	dst[quote] = '@' // where the string began
	return dst
}

// appendRedactions appends the list of redactions, if there are any.
func appendRedactions(dst []byte, rs []expectations.Redaction) []byte {
	if len(rs) == 0 {
		return dst
	}
	dst = append(dst, `,"redactions":[`...)
	for i, r := range rs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendText(append(dst, `{"in":`...), r.In)
		dst = appendText(append(dst, `,"name":`...), r.Name)
		dst = appendText(append(dst, `,"message":`...), r.Message)
		dst = appendText(append(dst, `,"class":`...), r.Class)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// appendTimings appends the phases that took place, in milliseconds.
func appendTimings(dst []byte, t *Timings) []byte {
	if *t == (Timings{}) {
		return dst
	}
	dst = append(dst, `,"timings":{`...)
	first := true
	for _, phase := range [...]struct {
		name string
		d    time.Duration
	}{
		{`"dns":`, t.DNS},
		{`"connect":`, t.Connect},
		{`"tls":`, t.TLS},
		{`"send":`, t.Send},
		{`"wait":`, t.Wait},
		{`"receive":`, t.Receive},
		{`"total":`, t.Total},
	} {
		if phase.d == 0 {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = appendMillis(append(dst, phase.name...), phase.d)
	}
	return append(dst, '}')
}

// appendMillis appends a duration in milliseconds, exact to the nanosecond.
func appendMillis(dst []byte, d time.Duration) []byte {
	n := uint64(d)
	if d < 0 {
		dst = append(dst, '-')
		n = -n
	}
	dst = strconv.AppendUint(dst, n/1e6, 10)
	frac := n % 1e6
	if frac == 0 {
		return dst
	}
	dst = append(dst, '.')
	for unit := uint64(1e5); frac > 0; unit /= 10 {
		dst = append(dst, byte('0'+frac/unit))
		frac %= unit
	}
	return dst
}

// appendTime appends a point in time as RFC 3339 writes it, in UTC.
func appendTime(dst []byte, t time.Time) []byte {
	dst = t.UTC().AppendFormat(append(dst, '"'), time.RFC3339Nano)
	return append(dst, '"')
}

// appendUUID appends an id in its usual form (RFC 9562 §4).
func appendUUID(dst []byte, id ExchangeID) []byte {
	for i, c := range id {
		switch i {
		case 4, 6, 8, 10:
			dst = append(dst, '-')
		}
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return dst
}

const hexDigits = "0123456789abcdef"

// appendHex64 appends sixteen hexadecimal digits.
func appendHex64(dst []byte, n uint64) []byte {
	for shift := 60; shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[n>>shift&15])
	}
	return dst
}

// appendMember appends a member with a text, nothing if it is empty.
func appendMember(dst []byte, member, value string) []byte {
	if value == "" {
		return dst
	}
	return appendText(append(dst, member...), value)
}
