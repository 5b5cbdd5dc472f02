package capture

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/content"
)

// keyVersion is the version of what [KeyOf] digests. It is part of
// [Learned.Rules], so that recordings made under another are learned anew.
const keyVersion = "1"

// KeyOf computes the key of a request, which must have been decoded and, if
// recordings are, redacted. Two requests have the same hash if they have the
// same
//
//   - method,
//   - path, percent-encoding normalised (RFC 3986 §6.2.2),
//   - query parameters, in any order,
//   - Content-Type (ignoring case, white space and a multipart boundary),
//     Accept unless it is */*, and the headers of matchHeaders, whose names
//     are canonical,
//   - body: JSON as by jsondoc.Equal, a form as its fields in any order,
//     a multipart body but for its boundary, any other byte by byte.
//
// Nothing else counts: not an Idempotency-Key, not a trace id, not the caller's
// credentials (see [CallerOf]).
func KeyOf(req *expectations.Request, matchHeaders []string) Key {
	c, ok := canons.Get().(*canon)
	if !ok {
		c = &canon{sum: sha256.New()}
	}
	defer c.release()
	c.field(req.Method)
	c.path(req.Path)
	c.pairs(req.RawQuery)
	contentType := headerValue(req.Header, "Content-Type")
	c.mediaType(contentType)
	if accept := joinedHeader(req.Header, "Accept"); accept != "*/*" {
		c.folded(accept)
	} else {
		c.field("")
	}
	for _, name := range matchHeaders {
		if name == "Host" {
			c.field(req.Host)
			continue
		}
		c.field(joinedHeader(req.Header, name))
	}
	rest := c.body(&req.Body, contentType)
	c.sum.Reset()
	c.sum.Write(c.buf)
	c.sum.Write(rest)
	key := Key{Authority: keyAuthority(req)}
	c.out = c.sum.Sum(c.out[:0])
	copy(key.Hash[:], c.out)
	return key
}

// httpsPort is what tells https://host from http://host in a key, the port of
// the one as of the other being left out of an authority.
const httpsPort = ":443"

// keyAuthority is the request's authority, with the port if it is the default
// one of https.
func keyAuthority(req *expectations.Request) string {
	a := req.Authority
	if !req.Secure || a == "" || strings.LastIndexByte(a, ':') > strings.LastIndexByte(a, ']') {
		return a
	}
	return a + httpsPort
}

// canons holds scratch space between calls.
var canons sync.Pool

// maxScratch is how much of it is kept, in bytes.
const maxScratch = 256 << 10

// A canon builds the text that a key digests.
type canon struct {
	sum      hash.Hash
	buf, out []byte
	// scratch and spans are for sorting; members are the open objects' of
	// the JSON canonicaliser.
	scratch []byte
	spans   []canonSpan
	members []canonMember
	names   []string
}

// A canonSpan is a part of scratch.
type canonSpan struct{ lo, hi int }

func (c *canon) release() {
	if cap(c.buf) > maxScratch || cap(c.scratch) > maxScratch {
		return
	}
	c.buf, c.scratch, c.spans, c.members = c.buf[:0], c.scratch[:0], c.spans[:0], c.members[:0]
	canons.Put(c)
}

// field appends a value with its length, so that no two lists of values have
// one text.
func (c *canon) field(v string) {
	c.buf = binary.AppendUvarint(c.buf, uint64(len(v)))
	c.buf = append(c.buf, v...)
}

// folded appends a value in lower case and without white space.
func (c *canon) folded(v string) {
	start := len(c.scratch)
	for i := range len(v) {
		b := v[i]
		switch {
		case b == ' ' || b == '\t':
			continue
		case 'A' <= b && b <= 'Z':
			b |= 0x20
		}
		c.scratch = append(c.scratch, b)
	}
	c.buf = binary.AppendUvarint(c.buf, uint64(len(c.scratch)-start))
	c.buf = append(c.buf, c.scratch[start:]...)
	c.scratch = c.scratch[:start]
}

// mediaType appends a Content-Type value; the boundary of a multipart type is
// not part of it.
func (c *canon) mediaType(v string) {
	if content.IsMultipart(v) {
		c.folded(content.MediaType(v))
		return
	}
	c.folded(v)
}

// path appends a path with its percent-encoding normalised: what need not be
// encoded is not, and hex digits are upper case.
func (c *canon) path(v string) {
	if strings.IndexByte(v, '%') < 0 {
		c.field(v)
		return
	}
	const digits = "0123456789ABCDEF"
	start := len(c.scratch)
	for i := 0; i < len(v); i++ {
		b, ok := percentByte(v, i)
		switch {
		case !ok:
			c.scratch = append(c.scratch, v[i])
			continue
		case isUnreserved(b):
			c.scratch = append(c.scratch, b)
		default:
			c.scratch = append(c.scratch, '%', digits[b>>4], digits[b&15])
		}
		i += 2
	}
	c.buf = binary.AppendUvarint(c.buf, uint64(len(c.scratch)-start))
	c.buf = append(c.buf, c.scratch[start:]...)
	c.scratch = c.scratch[:start]
}

// percentByte decodes the percent-encoded byte at v[i], if there is one.
func percentByte[T string | []byte](v T, i int) (b byte, ok bool) {
	if v[i] != '%' || i+2 >= len(v) {
		return 0, false
	}
	high, ok1 := hexValue(v[i+1])
	low, ok2 := hexValue(v[i+2])
	return high<<4 | low, ok1 && ok2
}

func hexValue(c byte) (v byte, ok bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}

// isUnreserved: RFC 3986 §2.3.
func isUnreserved(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

// pairs appends a query's or form's parameters as a multiset.
func (c *canon) pairs(query string) {
	c.spans = c.spans[:0]
	start := len(c.scratch)
	for query != "" {
		var piece string
		piece, query, _ = strings.Cut(query, "&")
		if piece == "" {
			continue
		}
		lo := len(c.scratch)
		name, value, _ := strings.Cut(piece, "=")
		c.decoded(name)
		c.scratch = append(c.scratch, 0)
		c.decoded(value)
		c.spans = append(c.spans, canonSpan{lo, len(c.scratch)})
	}
	if len(c.spans) > 1 {
		slices.SortFunc(c.spans, func(a, b canonSpan) int {
			return bytes.Compare(c.scratch[a.lo:a.hi], c.scratch[b.lo:b.hi])
		})
	}
	c.buf = binary.AppendUvarint(c.buf, uint64(len(c.spans)))
	for _, s := range c.spans {
		c.buf = binary.AppendUvarint(c.buf, uint64(s.hi-s.lo))
		c.buf = append(c.buf, c.scratch[s.lo:s.hi]...)
	}
	c.scratch = c.scratch[:start]
}

// decoded appends a part of a query, decoded, to scratch.
func (c *canon) decoded(v string) {
	for i := 0; i < len(v); i++ {
		b, ok := percentByte(v, i)
		switch {
		case ok:
			i += 2
		case v[i] == '+':
			b = ' '
		default:
			b = v[i]
		}
		c.scratch = append(c.scratch, b)
	}
}

// body appends what a body is, and returns what is still to be appended.
func (c *canon) body(b *expectations.Body, contentType string) (rest []byte) {
	data := b.Bytes
	switch {
	case b.Truncated: // equals nothing that was learned
		c.buf = append(c.buf, 't')
		return data
	case b.Encoded:
		c.buf = append(c.buf, 'c')
		c.field(b.Coding)
		return data
	case len(data) == 0:
		c.buf = append(c.buf, 'b')
		return nil
	}
	start := len(c.buf)
	switch {
	case content.IsJSON(contentType) || contentType == "" && (data[0] == '{' || data[0] == '['):
		c.buf = append(c.buf, 'j')
		if c.json(data) {
			return nil
		}
	case content.IsForm(contentType):
		c.buf = append(c.buf, 'f')
		c.pairs(string(data))
		return nil
	case content.IsMultipart(contentType):
		c.buf = append(c.buf, 'm')
		if c.multipart(data, content.Param(contentType, "boundary")) {
			return nil
		}
	}
	c.buf = append(c.buf[:start], 'b')
	return data
}

// multipart appends the parts of a multipart body (RFC 2046 §5.1.1), and
// reports whether it could.
func (c *canon) multipart(data []byte, boundary string) bool {
	if boundary == "" {
		return false
	}
	delimiter := []byte("\n--" + boundary)
	rest, ok := bytes.CutPrefix(data, delimiter[1:])
	if !ok {
		if _, rest, ok = bytes.Cut(data, delimiter); !ok {
			return false
		}
	}
	for !bytes.HasPrefix(rest, []byte("--")) {
		part, after, ok := bytes.Cut(rest, delimiter)
		if !ok {
			return false
		}
		c.buf = binary.AppendUvarint(c.buf, uint64(len(part)))
		c.buf = append(c.buf, part...)
		rest = after
	}
	return true
}

// headerValue is h.Get for a canonical name.
func headerValue(h http.Header, name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// joinedHeader joins the values of a canonical name (RFC 9110 §5.3).
func joinedHeader(h http.Header, name string) string {
	switch values := h[name]; len(values) {
	case 0:
		return ""
	case 1:
		return values[0]
	default:
		return strings.Join(values, ", ")
	}
}
