package wire_test

import (
	"cmp"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/wire"
)

// A templateCase is what MockServer 7.6.0 made of a template, over HTTP.
type templateCase struct {
	Template    string            `json:"template"`
	Method      string            `json:"method"`
	Path        string            `json:"path"` // with the query
	Headers     [][2]string       `json:"headers"`
	Body        string            `json:"body"`
	Base64      []byte            `json:"base64"`
	HTTPRequest json.RawMessage   `json:"httpRequest"`
	Scenarios   map[string]string `json:"scenarios"`
	// Want is what it rendered, Shape a regular expression for what differs
	// from time to time.
	Want  string `json:"want"`
	Shape string `json:"shape"`
}

// request is the request as the proxy reads it.
func (c templateCase) request(t *testing.T) *expectations.Request {
	t.Helper()
	body := c.Base64
	if body == nil {
		body = []byte(c.Body)
	}
	path, query, _ := strings.Cut(cmp.Or(c.Path, "/x"), "?")
	req := &expectations.Request{
		Method: cmp.Or(c.Method, "GET"), Path: path, RawQuery: query, Host: "192.0.2.2:1080", Header: http.Header{},
		Body: expectations.Body{Bytes: body}, KeepAlive: true, Protocol: "HTTP/1.1",
		ClientAddr: "192.0.2.1:4711", LocalAddr: "192.0.2.2:1080",
	}
	if len(body) > 0 {
		req.Header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	for _, field := range c.Headers {
		req.Header.Add(field[0], field[1])
		req.KeepAlive = req.KeepAlive && field != [2]string{"Connection", "close"}
	}
	return req
}

func (c templateCase) expectation(t *testing.T) *expectations.Expectation {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"httpRequest":          c.HTTPRequest,
		"httpResponseTemplate": map[string]string{"templateType": "MUSTACHE", "template": c.Template},
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.HTTPRequest == nil {
		text = []byte(strings.Replace(string(text), `"httpRequest":null`, `"httpRequest":{}`, 1))
	}
	made, err := wire.DecodeExpectations(text)
	if err != nil {
		t.Fatalf("%s: %v", c.Template, err)
	}
	return made[0]
}

// Templates render what MockServer makes of them. Recorded from the server
// itself, with the address of either end written as one of RFC 5737, and
// without the content-length of 0 that it makes up.
func TestTemplatesAsMockServer(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/mustache.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []templateCase
	if err := json.Unmarshal(data, &cases); err != nil || len(cases) < 200 {
		t.Fatal(len(cases), err)
	}
	tokens := &expectations.Issuer{}
	for _, c := range cases {
		space := expectations.NewSpace(expectations.SpaceOptions{Tokens: tokens})
		for name, state := range c.Scenarios {
			if err := space.Scenarios.Put(expectations.Scenario{Name: name, State: state}); err != nil {
				t.Fatal(err)
			}
		}
		put, err := space.Put(c.expectation(t))
		if err != nil {
			t.Fatalf("%s: %v", c.Template, err)
		}
		e := put[0]
		made, ok := e.Action.(*expectations.RespondTemplate)
		if !ok {
			t.Fatalf("%s: %T", c.Template, e.Action)
		}
		in := expectations.TemplateInput{Space: space, Expectation: e, Request: c.request(t)}
		hit, ok, err := space.Match(t.Context(), in.Request, expectations.MatchOptions{Peek: true})
		if err != nil || !ok || hit.Expectation.ID != e.ID {
			t.Errorf("%s: %s is not matched: %v", c.Template, c.Path, err)
			continue
		}
		got, err := made.Template.Render(in)
		if err != nil || !c.renders(got) {
			t.Errorf("%s\n%s %s %q\n%s\ngot  %q, %v\nwant %q%s", c.Template, c.Method, c.Path, c.Headers, c.Body, got, err, c.Want, c.Shape)
		}
	}
}

// renders reports whether a text is what is wanted. Of a whole request printed
// as JSON the order of the names counts, but not that of the fields, which
// net/http does not keep.
func (c templateCase) renders(got string) bool {
	if c.Shape != "" {
		return regexp.MustCompile(`^(?s:` + c.Shape + `)$`).MatchString(got)
	}
	if c.Template != "{{{request}}}" {
		return got == c.Want
	}
	a, err := jsondoc.Parse([]byte(got))
	b, bad := jsondoc.Parse([]byte(c.Want))
	if err != nil || bad != nil || len(a.Members) != len(b.Members) || string(a.AppendJackson(nil)) != got {
		return false
	}
	for i, m := range b.Members {
		if a.Members[i].Name != m.Name {
			return false
		}
	}
	return jsondoc.Equal(a, b)
}
