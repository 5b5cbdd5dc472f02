package expectations

// entryOverhead is what an entry takes besides its strings and bodies, in
// bytes: the structs, and the headers of maps and slices.
const entryOverhead = 768

// size estimates the memory an entry takes, in bytes.
func (e *Entry) size() int64 {
	n := entryOverhead + len(e.ExpectationID) + len(e.CorrelationID) + len(e.Reason)
	if r := e.Request; r != nil {
		n += len(r.Path) + len(r.RawQuery) + len(r.Host) + cap(r.Body.Bytes) +
			headerSize(r.Header) + headerSize(r.Trailer)
	}
	if r := e.Response; r != nil {
		n += cap(r.Body.Bytes) + headerSize(r.Header) + headerSize(r.Trailer)
	}
	return int64(n)
}

// headerSize estimates the memory of a header map.
func headerSize(h map[string][]string) int {
	const field, value = 64, 16
	n := 0
	for name, values := range h {
		n += field + len(name) + len(values)*value
		for _, v := range values {
			n += len(v)
		}
	}
	return n
}

// noteOverhead is what a note takes besides its texts, and what it keeps alive
// of an expectation that is gone, in bytes.
const noteOverhead = 512

// size estimates the memory a note takes, in bytes.
func (n *Note) size() int64 {
	size := noteOverhead + len(n.Text)
	if n.Expectation != nil {
		if respond, ok := n.Expectation.Action.(*Respond); ok {
			for _, a := range respond.Answers {
				if a.Body != nil {
					size += len(a.Body.Bytes)
				}
			}
		}
	}
	return int64(size)
}
