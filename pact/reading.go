package pact

import (
	"sync"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// A reading is a request taken apart for the conditions that it is held
// against, each part once and only if one asks. It is used by one goroutine.
type reading struct {
	request *expectations.Request
	query   lazy[Fields]
	body    *content
	// headers are the elements of the headers that were asked for.
	headers map[string][]string
}

// read is the reading of a request: the one in the memo, if there is one.
func read(req *expectations.Request, memo *expectations.Memo) *reading {
	if memo == nil {
		memo = new(expectations.Memo)
	}
	if r, ok := memo.Made.(*reading); ok && r.request == req {
		return r
	}
	r := &reading{request: req}
	r.body = newContent(req.Body.Bytes, firstValue(req.HeaderValues("Content-Type")))
	memo.Made = r
	return r
}

func (r *reading) parameters() Fields {
	query, _ := r.query.get(func() (Fields, error) { return parseQuery(r.request.RawQuery), nil })
	return query
}

// header is the elements of a header; nil where there is none.
func (r *reading) header(name string) []string {
	values, ok := r.headers[name]
	if !ok {
		values = headerElements(name, r.request.HeaderValues(name))
		if r.headers == nil {
			r.headers = make(map[string][]string)
		}
		r.headers[name] = values
	}
	return values
}

// A content is a body taken apart, each way once and only if a comparison asks.
// It is used by one goroutine.
type content struct {
	bytes []byte
	// declared is the content type it comes with, kind that or a guess.
	declared, kind string
	media          media
	// broken says why an example cannot be compared as what it is.
	broken error
	// unique says that in an example of JSON no object has two members of a
	// name.
	unique bool

	json  lazy[jsondoc.Value]
	xml   lazy[*xmlElement]
	form  lazy[Fields]
	parts lazy[[]*part]
	// walker is that of brief comparisons of JSON, for its memory; nil at
	// first.
	walker *walker
}

func newContent(data []byte, contentType string) *content {
	c := &content{bytes: data, declared: contentType, kind: contentType}
	if c.kind == "" {
		c.kind = sniff(data)
	}
	c.media = parseMedia(c.kind)
	return c
}

func (c *content) asJSON() (jsondoc.Value, error) {
	return c.json.get(func() (jsondoc.Value, error) { return jsondoc.Parse(c.bytes) })
}

func (c *content) asXML() (*xmlElement, error) {
	return c.xml.get(func() (*xmlElement, error) { return parseXML(c.bytes) })
}

func (c *content) asForm() Fields {
	fields, _ := c.form.get(func() (Fields, error) { return parseQuery(string(c.bytes)), nil })
	return fields
}

func (c *content) asParts() ([]*part, error) {
	return c.parts.get(func() ([]*part, error) { return parseParts(c.bytes, c.declared) })
}

// uniqueNames reports whether no object in a document has two members of a
// name.
func uniqueNames(v jsondoc.Value) bool {
	for i := range v.Items {
		if !uniqueNames(v.Items[i]) {
			return false
		}
	}
	if m := newMembers(v); m.len() != len(v.Members) {
		return false
	}
	for i := range v.Members {
		if !uniqueNames(v.Members[i].Value) {
			return false
		}
	}
	return true
}

// A lazy value is made when it is first asked for.
type lazy[T any] struct {
	value T
	err   error
	done  bool
}

func (l *lazy[T]) get(made func() (T, error)) (T, error) {
	if !l.done {
		l.value, l.err = made()
		l.done = true
	}
	return l.value, l.err
}

// An example is the body of a contract, taken apart when it is first compared.
// It may be used by any number of goroutines.
type example struct {
	Body
	headers Fields
	once    sync.Once
	parsed  *content
}

// content is the example in the ways that its kind is compared; it does not
// change any more.
func (e *example) content() *content {
	e.once.Do(func() {
		c := &content{kind: expectedType(e.Body, e.headers)}
		c.declared, c.media = c.kind, parseMedia(c.kind)
		if e.Kind == BodyJSON && c.media.isJSON() {
			c.json = lazy[jsondoc.Value]{value: e.JSON, done: true}
		} else if e.present() {
			c.bytes = e.Content()
			c.parse()
		}
		c.unique = uniqueNames(c.json.value)
		e.parsed = c
	})
	return e.parsed
}

// parse takes a content apart in the way of its kind.
func (c *content) parse() {
	switch {
	case c.media.isJSON():
		_, c.broken = c.asJSON()
	case c.media.isForm():
		c.asForm()
	case c.media.isXML():
		_, c.broken = c.asXML()
	case c.media.isMultipart():
		var parts []*part
		parts, c.broken = c.asParts()
		for _, p := range parts {
			if p.file {
				p.example = p.asExample()
			}
		}
	}
}
