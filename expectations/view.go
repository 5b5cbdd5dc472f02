package expectations

import "net/http"

// A view is a request on its way past many conditions: what they need of it
// is taken apart once, and only if one asks. It is used by one goroutine and
// lives on its stack.
type view struct {
	req *Request
	// decoded is the path without percent-encoding.
	decoded string

	query, headers, cookies             []Param
	queryDone, headersDone, cookiesDone bool
	// body is made on demand, and on the heap, since body tests are behind an
	// interface.
	body *bodyView
	// memo is made on demand too, for contracts.
	memo *Memo
}

func newView(req *Request) view {
	return view{req: req, decoded: DecodedPath(req.Path)}
}

func (v *view) queryPairs() []Param {
	if !v.queryDone {
		v.query, v.queryDone = ParseQuery(v.req.RawQuery), true
	}
	return v.query
}

func (v *view) headerPairs() []Param {
	if !v.headersDone {
		v.headers, v.headersDone = headerPairs(v.req), true
	}
	return v.headers
}

func (v *view) cookiePairs() []Param {
	if !v.cookiesDone {
		for _, c := range v.req.Cookies() {
			v.cookies = append(v.cookies, Param(c))
		}
		v.cookiesDone = true
	}
	return v.cookies
}

func (v *view) bodyView() *bodyView {
	if v.body == nil {
		v.body = &bodyView{
			content:     v.req.Body,
			contentType: first(headerValues(v.req.Header, "Content-Type")),
		}
	}
	return v.body
}

func (v *view) contractMemo() *Memo {
	if v.memo == nil {
		v.memo = new(Memo)
	}
	return v.memo
}

// headerPairs lists every value of every field, Host included.
func headerPairs(req *Request) []Param {
	pairs := make([]Param, 0, len(req.Header)+1)
	for name, values := range req.Header {
		if req.Host != "" && http.CanonicalHeaderKey(name) == "Host" {
			continue
		}
		for _, value := range values {
			pairs = append(pairs, Param{Name: name, Value: value})
		}
	}
	if req.Host != "" {
		pairs = append(pairs, Param{Name: "Host", Value: req.Host})
	}
	return pairs
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
