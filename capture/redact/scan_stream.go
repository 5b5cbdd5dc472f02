package redact

import "strings"

// events searches server-sent events (WHATWG HTML §9.2). The data lines of an
// event are one text, and are searched as one.
func (s *scanner) events(e *edit) {
	var data []span
	for i := 0; i < len(e.src); {
		end, next := lineEnd(e.src, i)
		switch lo, ok := dataField(e.src, i, end); {
		case ok:
			data = append(data, span{lo, end})
		case end == i:
			s.event(e, data)
			data = data[:0]
		default:
			s.event(e, data)
			data = data[:0]
			s.plain(e, i, end, place{in: "body"})
		}
		i = next
	}
	s.event(e, data)
}

// A span is a part of the text, e.src[lo:hi].
type span struct{ lo, hi int }

// event searches the data of one event.
func (s *scanner) event(e *edit, data []span) {
	if len(data) == 0 {
		return
	}
	if lo, hi := data[0].lo, data[0].hi; len(data) == 1 {
		s.record(e, lo, hi)
		return
	}
	var joined strings.Builder
	for i, line := range data {
		if i > 0 {
			joined.WriteByte('\n')
		}
		joined.WriteString(e.src[line.lo:line.hi])
	}
	whole := edit{src: joined.String()}
	s.record(&whole, 0, len(whole.src))
	if !whole.changed() {
		return
	}
	// No token has a line break in it, and none is removed outside secrets.
	lines := strings.Split(whole.string(), "\n")
	for i, line := range data {
		switch {
		case i >= len(lines):
			e.replace(line.lo, line.hi, nil)
		case i == len(data)-1:
			e.replace(line.lo, line.hi, []byte(strings.Join(lines[i:], "\\n")))
		default:
			e.replace(line.lo, line.hi, []byte(lines[i]))
		}
	}
}

// record searches one JSON text or plain text of a stream.
func (s *scanner) record(e *edit, lo, hi int) {
	if looksJSON(e.src[lo:hi]) {
		s.json(e, lo, hi, place{in: "body", json: true})
		return
	}
	s.plain(e, lo, hi, place{in: "body"})
}

// lineEnd returns where the line that begins at i ends, and where the next
// one begins. Lines end with CR, LF, or both.
func lineEnd(v string, i int) (end, next int) {
	n := strings.IndexAny(v[i:], "\r\n")
	if n < 0 {
		return len(v), len(v)
	}
	end = i + n
	if strings.HasPrefix(v[end:], "\r\n") {
		return end, end + 2
	}
	return end, end + 1
}

// dataField returns where the value of a data field begins.
func dataField(v string, i, end int) (lo int, ok bool) {
	rest, ok := strings.CutPrefix(v[i:end], "data:")
	if !ok {
		return 0, false
	}
	return end - len(strings.TrimPrefix(rest, " ")), true
}
