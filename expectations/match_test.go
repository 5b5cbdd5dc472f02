package expectations_test

import (
	"net/http"
	"testing"

	"github.com/pactape/pactape/expectations"
)

// text reads "v", "!v" and "?v" as they are written on the wire.
func text(s string) expectations.Text {
	var t expectations.Text
	for s != "" && (s[0] == '!' || s[0] == '?') {
		t.Not, t.Optional = t.Not || s[0] == '!', t.Optional || s[0] == '?'
		s = s[1:]
	}
	t.Value = s
	return t
}

// named is one entry of a MultiMatcher.
func named(name string, values ...string) expectations.NamedTexts {
	n := expectations.NamedTexts{Name: text(name)}
	for _, v := range values {
		n.Values = append(n.Values, text(v))
	}
	return n
}

// multi is a MultiMatcher of entries.
func multi(entries ...expectations.NamedTexts) expectations.MultiMatcher {
	return expectations.MultiMatcher{Entries: entries}
}

// oneOf is a MultiMatcher for one name.
func oneOf(name string, values ...string) expectations.MultiMatcher {
	return multi(named(name, values...))
}

// keyed is a MultiMatcher in the other style.
func keyed(entries ...expectations.NamedTexts) expectations.MultiMatcher {
	return expectations.MultiMatcher{Style: expectations.MatchingKey, Entries: entries}
}

// A pairsCase is a condition on names and values, and pairs.
type pairsCase struct {
	name    string
	matcher expectations.MultiMatcher
	pairs   map[string][]string
	want    bool
}

func (c pairsCase) run(t *testing.T) {
	t.Parallel()
	for where, got := range matchPairs(t, c.matcher, c.pairs) {
		if got != c.want {
			t.Errorf("as %s: %v", where, got)
		}
	}
}

func TestMatchPairs(t *testing.T) {
	t.Parallel()
	none := map[string][]string(nil)
	for _, test := range []pairsCase{
		{"no condition", multi(), none, true},
		{"name and value", oneOf("A", "1"), map[string][]string{"A": {"1"}}, true},
		{"extra names", oneOf("A", "1"), map[string][]string{"A": {"1"}, "B": {"2"}}, true},
		{"extra values", oneOf("A", "2"), map[string][]string{"A": {"1", "2"}}, true},
		{"case of name and value", oneOf("aB", "Yes"), map[string][]string{"Ab": {"yES"}}, true},
		{"other value", oneOf("A", "2"), map[string][]string{"A": {"1"}}, false},
		{"missing", oneOf("A", "1"), map[string][]string{"B": {"1"}}, false},
		{"nothing there", oneOf("A", "1"), none, false},
		{"name alone", oneOf("A"), map[string][]string{"A": {"x"}}, true},
		{"name alone, missing", oneOf("A"), none, false},
		{"regex value", oneOf("A", "[0-9]+"), map[string][]string{"A": {"12"}}, true},
		{"regex name", oneOf("X-.*", "1"), map[string][]string{"X-Any": {"1"}}, true},
		{"two values", oneOf("A", "1", "2"), map[string][]string{"A": {"2", "1"}}, true},
		{"two values, one missing", oneOf("A", "1", "2"), map[string][]string{"A": {"1"}}, false},

		// Two conditions cannot share one pair.
		{"one pair for two", oneOf("A", "[0-9]", "1"), map[string][]string{"A": {"1"}}, false},
		{"two pairs for two", oneOf("A", "[0-9]", "1"), map[string][]string{"A": {"1", "2"}}, true},
		{"one pair for two entries", multi(named("A", "1"), named("[A-Z]", "1")), map[string][]string{"A": {"1"}}, false},
		{"same twice", oneOf("A", "1", "1"), map[string][]string{"A": {"1", "2"}}, false},
		{"more than 64 pairs", oneOf("A", "[0-9]+", "70"), map[string][]string{"A": numbers(71)}, true},

		{"inverted value", oneOf("A", "!1"), map[string][]string{"A": {"2"}}, true},
		{"inverted value there", oneOf("A", "!1"), map[string][]string{"A": {"1"}}, false},
		{"inverted value, another there", oneOf("A", "!1"), map[string][]string{"A": {"1", "2"}}, true},
		{"inverted value, name missing", oneOf("A", "!1"), map[string][]string{"B": {"2"}}, false},
		{"inverted name", oneOf("!A", "1"), map[string][]string{"B": {"1"}}, true},
		{"inverted name there", oneOf("!A"), map[string][]string{"A": {"1"}}, false},
		{"inverted name there with another value", oneOf("!A", "1"), map[string][]string{"A": {"2"}}, false},
		{"inverted name, nothing there", oneOf("!A"), none, true},
		{"inverted regex name", oneOf("!X-.*"), map[string][]string{"X-A": {"1"}}, false},
		{"inverted beside required", multi(named("!A"), named("B", "1")), map[string][]string{"B": {"1"}}, true},
		{"optional absent", oneOf("?A", "1"), none, true},
		{"optional there", oneOf("?A", "1"), map[string][]string{"A": {"1"}}, true},
		{"optional wrong", oneOf("?A", "1"), map[string][]string{"A": {"2"}}, false},
		{"optional beside required", multi(named("?A", "1"), named("B", "1")), map[string][]string{"B": {"1"}}, true},
		{"optional and inverted value", oneOf("?A", "!1"), map[string][]string{"A": {"1"}}, false},
	} {
		t.Run(test.name, test.run)
	}
}

func TestMatchPairsByKey(t *testing.T) {
	t.Parallel()
	none := map[string][]string(nil)
	for _, test := range []pairsCase{
		{"all values must match", keyed(named("A", "1")), map[string][]string{"A": {"1", "2"}}, false},
		{"one condition for many", keyed(named("A", "[0-9]")), map[string][]string{"A": {"1", "2"}}, true},
		{"more conditions than values", keyed(named("A", "1", "2")), map[string][]string{"A": {"2"}}, true},
		{"entries of one name", keyed(named("A", "1"), named("a", "2")), map[string][]string{"A": {"1", "2"}}, true},
		{"missing", keyed(named("A", "1")), none, false},
		{"optional missing", keyed(named("?A", "1")), none, true},
		{"optional wrong", keyed(named("?A", "1")), map[string][]string{"A": {"2"}}, false},
		{"inverted", keyed(named("!A")), map[string][]string{"A": {"1"}}, false},
		{"inverted absent", keyed(named("!A")), map[string][]string{"B": {"1"}}, true},
		{"inverted value", keyed(named("A", "!1")), map[string][]string{"A": {"2", "1"}}, false},
		{"name alone", keyed(named("A")), map[string][]string{"A": {"1"}}, true},
	} {
		t.Run(test.name, test.run)
	}
}

// matchPairs matches pairs as headers, as a query, and as a form.
func matchPairs(t *testing.T, m expectations.MultiMatcher, pairs map[string][]string) map[string]bool {
	t.Helper()
	query := ""
	header := http.Header{}
	for name, values := range pairs {
		for _, value := range values {
			header[name] = append(header[name], value)
			query += "&" + name + "=" + value
		}
	}
	header["Other"] = []string{"other"}
	req := &expectations.Request{Path: "/", Header: header, RawQuery: query, Body: expectations.Body{Bytes: []byte(query)}}
	got := map[string]bool{}
	for where, matcher := range map[string]*expectations.RequestMatcher{
		"headers": {Headers: m},
		"query":   {Query: m},
		"form":    {Body: &expectations.BodyMatcher{Kind: expectations.ParametersBody{Parameters: m}}},
	} {
		c, err := expectations.Compile(matcher)
		if err != nil {
			t.Fatal(err)
		}
		got[where] = c.Match(req)
		if explained := c.Explain(req); (len(explained) == 0) != got[where] {
			t.Errorf("as %s: match %v, explained by %v", where, got[where], explained)
		}
	}
	return got
}

// A pathCase is a condition on the path and its parameters, and a path.
type pathCase struct {
	name    string
	path    string
	params  expectations.MultiMatcher
	request string
	want    bool
}

func (c pathCase) run(t *testing.T) {
	t.Parallel()
	m := &expectations.RequestMatcher{Path: text(c.path), PathParameters: c.params}
	compiled, err := expectations.Compile(m)
	if err != nil {
		t.Fatal(err)
	}
	req := get(c.request)
	if got := compiled.Match(req); got != c.want {
		t.Errorf("Match: %v, explained by %v", got, compiled.Explain(req))
	}
	// The index finds it just so.
	set := newSet(t, &expectations.Expectation{Request: m, Action: respond(200)})
	if _, found := set.Find(req, expectations.FindOptions{}); found != c.want {
		t.Errorf("Find: %v", found)
	}
}

func TestMatchPath(t *testing.T) {
	t.Parallel()
	for _, test := range []pathCase{
		{"as sent", "/a%20b", multi(), "/a%20b", true},
		{"decoded", "/a b", multi(), "/a%20b", true},
		{"regex over decoded", "/[a-z] b", multi(), "/a%20b", true},
		{"inverted, as sent", "!/a%20b", multi(), "/a%20b", false},
		{"inverted, decoded", "!/a b", multi(), "/a%20b", false},
		{"inverted", "!/b", multi(), "/a%20b", true},
		{"inverted blank matches nothing", "!", multi(), "/", false},
		{"asterisk form", `\*`, multi(), "*", true},
	} {
		t.Run(test.name, test.run)
	}
}

func TestMatchPathTemplate(t *testing.T) {
	t.Parallel()
	params := multi(named("id", "[0-9]+"))
	for _, test := range []pathCase{
		{"template", "/a/{id}", params, "/a/12", true},
		{"wrong value", "/a/{id}", params, "/a/x", false},
		{"other text", "/a/{id}", params, "/b/12", false},
		{"more segments", "/a/{id}", params, "/a/12/b", false},
		{"fewer segments", "/a/{id}", params, "/a", false},
		{"empty segment", "/a/{id}", oneOf("?id"), "/a/", false},
		{"slash at the end", "/a/{id}", params, "/a/12/", true},
		{"slash wanted", "/a/{id}/", params, "/a/12", false},
		{"slash wanted and there", "/a/{id}/", params, "/a/12/", true},
		{"template ignores case", "/A/{id}/B", params, "/a/1/b", true},
		{"template with a regex", "/(a|b)/{id}", params, "/b/1", true},
		{"decoded text", "/a b/{id}", params, "/a%20b/1", true},
		{"one part as sent, one decoded", "/a b/c%20d/{id}", params, "/a%20b/c%20d/1", true},
		{"decoded value", "/a/{id}", oneOf("id", "x/y"), "/a/x%2Fy", true},
		{"list value", "/a/{id}", oneOf("id", "1", "2"), "/a/1,2", true},
		{"matrix style", "/a/{;id}", oneOf("id", "1"), "/a/;id=1", true},
		{"label style", "/a/{.id*}", oneOf("id", "1"), "/a/.1", true},
		{"two parameters", "/{a}/{b}", multi(named("b", "2")), "/1/2", true},
		{"unknown parameter", "/a/{id}", oneOf("x", "1"), "/a/1", false},
		{"inverted", "!/a/{id}", oneOf("?id"), "/a/1", false},
		{"asterisk form", "/{id}", oneOf("?id"), "*", false},
		{"parameters without a template", "/a", params, "/a", false},
		{"parameters without a template, optional", "/a", oneOf("?id", "1"), "/a", true},
	} {
		t.Run(test.name, test.run)
	}
}

func TestMatchFields(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	type matcher = expectations.RequestMatcher
	req := get("/a")
	req.Header.Set("Cookie", "session=abc; theme=dark")
	req.Secure, req.KeepAlive = true, true
	for _, test := range []struct {
		name string
		m    *matcher
		want bool
	}{
		{"nothing wanted", nil, true},
		{"empty", &matcher{}, true},
		{"inverted empty", &matcher{Not: true}, false},
		{"method", &matcher{Method: text("get")}, true},
		{"method regex", &matcher{Method: text("GET|POST")}, true},
		{"other method", &matcher{Method: text("PUT")}, false},
		{"inverted method", &matcher{Method: text("!GET")}, false},
		{"host", &matcher{Headers: oneOf("host", "API.test")}, true},
		{"other host", &matcher{Headers: oneOf("Host", "b.test")}, false},
		{"cookie", &matcher{Cookies: []expectations.NamedText{{Name: text("theme"), Value: text("d.*")}}}, true},
		{"other cookie", &matcher{Cookies: []expectations.NamedText{{Name: text("theme"), Value: text("light")}}}, false},
		{"no such cookie", &matcher{Cookies: []expectations.NamedText{{Name: text("!admin")}}}, true},
		{"secure", &matcher{Secure: &yes}, true},
		{"not secure", &matcher{Secure: &no}, false},
		{"keep alive", &matcher{KeepAlive: &no}, false},
		{"protocol", &matcher{Protocol: "HTTP_1_1"}, true},
		{"other protocol", &matcher{Protocol: "HTTP_2"}, false},
		{"all but one", &matcher{Method: text("GET"), Path: text("/b")}, false},
		{"inverted", &matcher{Not: true, Path: text("/b")}, true},
		{"socket address is not matched", &matcher{SocketAddress: &expectations.SocketAddress{Host: "x"}}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := expectations.Compile(test.m)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Match(req); got != test.want {
				t.Errorf("Match: %v", got)
			}
			if explained := c.Explain(req); (len(explained) == 0) != test.want {
				t.Errorf("Explain: %v", explained)
			}
		})
	}
	var c *expectations.Compiled
	if !c.Match(req) || c.NeedsBody() || c.Explain(req) != nil {
		t.Error("nil is not any request")
	}
}

func TestMatchProtocol(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{"HTTP/1.0": "HTTP_1_1", "HTTP/1.1": "HTTP_1_1", "HTTP/2.0": "HTTP_2"} {
		for _, protocol := range []string{"HTTP_1_1", "HTTP_2"} {
			c, err := expectations.Compile(&expectations.RequestMatcher{Protocol: protocol})
			if err != nil {
				t.Fatal(err)
			}
			req := get("/")
			req.Protocol = version
			if got := c.Match(req); got != (protocol == want) {
				t.Errorf("%s matches %s: %v", protocol, version, got)
			}
		}
	}
}

// numbers is "0" to n-1.
func numbers(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = string(rune('0'+i/10)) + string(rune('0'+i%10))
	}
	return out
}
