package redact

import (
	"cmp"
	"crypto/aes"
	"hash"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"github.com/pactape/pactape/expectations"
)

// maxExact bounds the places in JSON that are listed with their array
// indices; beyond it "[*]" stands for any index, which keeps the list as
// small as the document's shape.
const maxExact = 256

// maxNesting bounds JSON within strings of JSON within strings.
const maxNesting = 4

// A scanner is the state of one pass over one message; it is pooled.
type scanner struct {
	r *Redactor
	// message is "request" or "response", for the report.
	message string
	// mask puts one placeholder for every secret instead of a token.
	mask bool
	// foreign says that a token of another key was met.
	foreign bool
	// mac computes tokens; nil without a key.
	mac hash.Hash
	// found is the report; the part between headersStart and headersEnd
	// comes from header maps.
	found                    []expectations.Redaction
	headersStart, headersEnd int
	// wild are the places listed with "[*]".
	wild map[expectations.Redaction]struct{}
	// frames lead to the JSON value being read; root is where the innermost
	// document's begin.
	frames []frame
	root   int
	// nesting counts documents within strings.
	nesting int
	// names and headerNames are judgements of JSON members and headers; they
	// outlast a pass.
	names, headerNames *judgements
	// buf is for computing a token, token for writing one.
	buf, token []byte
	block      [aes.BlockSize]byte
}

func (s *scanner) reset() {
	if cap(s.buf) > 64<<10 {
		s.buf = nil
	}
	if cap(s.frames) > 1<<10 {
		s.frames = nil
	}
	clear(s.frames[:cap(s.frames)]) // they hold on to bodies
	*s = scanner{r: s.r, mac: s.mac, frames: s.frames[:0], names: s.names, headerNames: s.headerNames, buf: s.buf, token: s.token}
}

// text gives bytes the form this package reads, without copying them: the
// bytes of a message never change (see expectations.Request), and no string
// made here outlives the call.
func text(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// An edit collects replacements within src; without any, nothing is copied.
type edit struct {
	src  string
	out  []byte
	done int // src before it is in out
}

// replace puts with for src[lo:hi]. Replacements come in order.
func (e *edit) replace(lo, hi int, with []byte) {
	if string(with) == e.src[lo:hi] {
		return
	}
	if e.out == nil {
		e.out = make([]byte, 0, len(e.src)+len(with)+64)
	}
	e.out = append(e.out, e.src[e.done:lo]...)
	e.out = append(e.out, with...)
	e.done = hi
}

func (e *edit) changed() bool { return e.out != nil }

// bytes is the result. It must not be called without a change.
func (e *edit) bytes() []byte {
	return append(e.out, e.src[e.done:]...)
}

// string is the result.
func (e *edit) string() string {
	if !e.changed() {
		return e.src
	}
	return text(e.bytes())
}

// A place is where a value stands, for the report.
type place struct {
	// in is as in expectations.Redaction.
	in string
	// name is the name there; for a place inside a JSON document the path is
	// computed when it is needed.
	name string
	json bool
}

// report lists a replaced value.
func (s *scanner) report(p place, class string) {
	if s.mask {
		return
	}
	r := expectations.Redaction{Message: s.message, In: p.in, Name: p.name, Class: class}
	if len(s.found)-s.headersEnd < maxExact {
		if p.json {
			r.Name = s.path(false)
		}
		s.found = append(s.found, r)
		return
	}
	if p.json {
		r.Name = s.path(true)
	}
	if _, ok := s.wild[r]; ok {
		return
	}
	if s.wild == nil {
		s.wild = make(map[expectations.Redaction]struct{})
	}
	s.wild[r] = struct{}{}
	s.found = append(s.found, r)
}

func compareRedactions(a, b expectations.Redaction) int {
	return cmp.Or(cmp.Compare(a.In, b.In), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Class, b.Class))
}

// list hands out what was found, in an order that does not depend on the
// iteration order of header maps.
func (s *scanner) list() []expectations.Redaction {
	slices.SortStableFunc(s.found[s.headersStart:s.headersEnd], compareRedactions)
	found := s.found
	s.found, s.headersStart, s.headersEnd = nil, 0, 0
	return found
}

// path renders the frames as a path in Pact's notation: "$.items[0].key".
func (s *scanner) path(wild bool) string {
	b := append(make([]byte, 0, 64), '$')
	for i := range s.frames {
		f := &s.frames[i]
		switch {
		case !f.object && wild:
			b = append(b, "[*]"...)
		case !f.object:
			b = strconv.AppendInt(append(b, '['), int64(f.index), 10)
			b = append(b, ']')
		case f.name != "":
			name := f.name
			if strings.IndexByte(name, '\\') >= 0 {
				name = memberName(name)
			}
			b = appendStep(b, name)
		}
	}
	return string(b)
}

func appendStep(b []byte, name string) []byte {
	for i := range len(name) {
		if c := name[i]; !isLetter(c) && !isDigit(c) && c != '_' {
			b = append(b, "['"...)
			b = append(b, name...)
			return append(b, "']"...)
		}
	}
	return append(append(b, '.'), name...)
}

// memberName undoes the escapes of a JSON name, copying it.
func memberName(raw string) string {
	if strings.IndexByte(raw, '\\') >= 0 {
		return string(appendUnescaped(nil, raw))
	}
	return strings.Clone(raw)
}
