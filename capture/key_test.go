package capture_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// asked builds a request: "POST api.test/path?query", a body, and headers as
// "Name: value".
func asked(line, body string, headers ...string) *expectations.Request {
	method, target, _ := strings.Cut(line, " ")
	authority, path, _ := strings.Cut(target, "/")
	path, query, _ := strings.Cut("/"+path, "?")
	req := &expectations.Request{
		Method: method, Authority: authority, Host: authority, Path: path, RawQuery: query, Header: http.Header{},
		Protocol: "HTTP/1.1", Body: expectations.Body{Size: int64(len(body))},
	}
	if body != "" {
		req.Body.Bytes = []byte(body)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Add(name, value)
	}
	return req
}

const (
	jsonType      = "Content-Type: application/json"
	formType      = "Content-Type: application/x-www-form-urlencoded"
	multipartType = "Content-Type: multipart/form-data; boundary="
)

func TestKeyEquality(t *testing.T) {
	t.Parallel()
	part := func(boundary, value string) string {
		return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + value + "\r\n--" + boundary + "--\r\n"
	}
	tests := []struct {
		name string
		a, b *expectations.Request
		same bool
	}{
		{"method", asked("GET h/u", ""), asked("HEAD h/u", ""), false},
		{"path", asked("GET h/u", ""), asked("GET h/v", ""), false},
		{"path case", asked("GET h/u", ""), asked("GET h/U", ""), false},
		{"path encoding", asked("GET h/%7eu%2f", ""), asked("GET h/~u%2F", ""), true},
		{"path with an encoded slash", asked("GET h/a%2Fb", ""), asked("GET h/a/b", ""), false},
		{"query or none", asked("GET h/u", ""), asked("GET h/u?page=2", ""), false},
		{"query subset", asked("GET h/u?a=1", ""), asked("GET h/u?a=1&b=2", ""), false},
		{"query order", asked("GET h/u?a=1&b=2", ""), asked("GET h/u?b=2&a=1", ""), true},
		{"query multiset", asked("GET h/u?a=1&a=1", ""), asked("GET h/u?a=1", ""), false},
		{"query values of one name", asked("GET h/u?a=1&a=2", ""), asked("GET h/u?a=2&a=1", ""), true},
		{"query encoding", asked("GET h/u?a=b+c%20d", ""), asked("GET h/u?%61=b%20c+d", ""), true},
		{"query name and value", asked("GET h/u?ab=c", ""), asked("GET h/u?a=bc", ""), false},
		{"path and query", asked("GET h/u?a", ""), asked("GET h/ua", ""), false},
		{"content type", asked("POST h/u", "1", jsonType), asked("POST h/u", "1", "Content-Type: text/plain"), false},
		{"content type spelling", asked("POST h/u", "1", jsonType+"; charset=utf-8"), asked("POST h/u", "1", "Content-Type: Application/JSON;charset=UTF-8"), true},
		{"accept", asked("GET h/u", "", "Accept: text/csv"), asked("GET h/u", "", "Accept: text/html"), false},
		{"accept anything", asked("GET h/u", "", "Accept: */*"), asked("GET h/u", ""), true},
		{"idempotency key", asked("POST h/u", "{}", jsonType, "Idempotency-Key: 1"), asked("POST h/u", "{}", jsonType, "Idempotency-Key: 2"), true},
		{"trace", asked("GET h/u", "", "Traceparent: 00-1", "User-Agent: a"), asked("GET h/u", "", "X-Request-Id: 9"), true},
		{"caller", asked("GET h/u", "", "Authorization: Bearer a"), asked("GET h/u", "", "Cookie: a=b"), true},
		{"configured header", asked("GET h/u", "", "X-Tenant: a"), asked("GET h/u", "", "X-Tenant: b"), false},
		{"configured header or none", asked("GET h/u", "", "X-Tenant: a"), asked("GET h/u", ""), false},
		{"json order", asked("PUT h/u", `{"a":1,"b":[1,2]}`, jsonType), asked("PUT h/u", "{ \"b\":[1,2],\n\"a\" : 1}", jsonType), true},
		{"json subset", asked("PUT h/u", `{"a":1}`, jsonType), asked("PUT h/u", `{"a":1,"b":2}`, jsonType), false},
		{"json numbers by value", asked("PUT h/u", `[1.10,2e1]`, jsonType), asked("PUT h/u", `[1.1,20.0]`, jsonType), true},
		{"json kinds of number", asked("PUT h/u", `1`, jsonType), asked("PUT h/u", `1.0`, jsonType), false},
		{"json text and number", asked("PUT h/u", `"1"`, jsonType), asked("PUT h/u", `1`, jsonType), false},
		{"json escapes", asked("PUT h/u", `"\u0041\/\n"`, jsonType), asked("PUT h/u", `"A/\u000a"`, jsonType), true},
		{"json array order", asked("PUT h/u", `[1,2]`, jsonType), asked("PUT h/u", `[2,1]`, jsonType), false},
		{"json nesting", asked("PUT h/u", `[[1],2]`, jsonType), asked("PUT h/u", `[1,[2]]`, jsonType), false},
		{"json duplicate name", asked("PUT h/u", `{"a":1,"a":2}`, jsonType), asked("PUT h/u", `{"a":2}`, jsonType), true},
		{"json without a type", asked("PUT h/u", `{"a":1,"b":2}`), asked("PUT h/u", `{"b":2,"a":1}`), true},
		{"broken json by bytes", asked("PUT h/u", `{"a":1, }`, jsonType), asked("PUT h/u", `{"a":1,}`, jsonType), false},
		{"text by bytes", asked("PUT h/u", `{"a":1}`, "Content-Type: text/plain"), asked("PUT h/u", `{"a": 1}`, "Content-Type: text/plain"), false},
		{"form order", asked("POST h/u", "a=1&b=2", formType), asked("POST h/u", "b=2&a=1", formType), true},
		{"form subset", asked("POST h/u", "a=1&b=2", formType), asked("POST h/u", "a=1", formType), false},
		{"multipart boundary", asked("POST h/u", part("b1", "x"), multipartType+"b1"), asked("POST h/u", part("b22", "x"), multipartType+`"b22"`), true},
		{"multipart content", asked("POST h/u", part("b1", "x"), multipartType+"b1"), asked("POST h/u", part("b1", "y"), multipartType+"b1"), false},
		{"body or none", asked("POST h/u", "x"), asked("POST h/u", ""), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, b := capture.KeyOf(tt.a, []string{"X-Tenant"}), capture.KeyOf(tt.b, []string{"X-Tenant"})
			if (a == b) != tt.same {
				t.Errorf("same = %v, want %v", a == b, tt.same)
			}
			if (a.ID() == b.ID()) != tt.same {
				t.Error("ids and keys disagree")
			}
		})
	}
}

func TestKeyText(t *testing.T) {
	t.Parallel()
	key := capture.KeyOf(asked("GET api.test:8443/u", ""), nil)
	masked := key
	masked.Masked = true
	for _, k := range []capture.Key{{}, key, masked} {
		if got, err := capture.ParseKey(k.String()); err != nil || got != k {
			t.Errorf("%s: %+v, %v", k, got, err)
		}
	}
	for _, text := range []string{"", "~", "xy", strings.Repeat("x", 32), strings.Repeat("0", 31)} {
		if _, err := capture.ParseKey(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
	if got := key.ID(); got.Version() != 8 || got.Variant() != uuid.RFC4122 {
		t.Errorf("id = %s", got)
	}
}

// TestKeyIsStable pins ids, which exported contracts may refer to.
func TestKeyIsStable(t *testing.T) {
	t.Parallel()
	got := capture.KeyOf(asked("POST api.test/orders?b=2&a=1", `{"b":1.50,"a":"x"}`, jsonType, "Accept: application/json"), nil).ID().String()
	if diff := cmp.Diff("b52bc2ee-fadd-8871-8c2b-c15e2a305c88", got); diff != "" {
		t.Error(diff)
	}
}

func TestCallers(t *testing.T) {
	t.Parallel()
	aws := "AWS4-HMAC-SHA256 Credential=AKIA/20260102/eu/s3/aws4_request, SignedHeaders=host, Signature="
	tests := []struct {
		name string
		a, b *expectations.Request
		same bool
	}{
		{"none", asked("GET h/", ""), asked("POST h/x", "1", "X-Csrf-Token: a"), true},
		{"bearer", asked("GET h/", "", "Authorization: Bearer a"), asked("GET h/", "", "Authorization: Bearer b"), false},
		{"with and without", asked("GET h/", "", "Authorization: Bearer a"), asked("GET h/", ""), false},
		{"cookie order", asked("GET h/", "", "Cookie: a=1; b=2"), asked("GET h/", "", "Cookie: b=2; a=1"), true},
		{"cookie", asked("GET h/", "", "Cookie: a=1"), asked("GET h/", "", "Cookie: a=2"), false},
		{"api key", asked("GET h/", "", "X-Api-Key: a"), asked("GET h/", "", "X-Api-Key: b"), false},
		{"name and value", asked("GET h/", "", "X-Api-Key: a"), asked("GET h/", "", "X-Auth-Token: a"), false},
		{"idempotency key", asked("GET h/", "", "Idempotency-Key: a"), asked("GET h/", "", "Idempotency-Key: b"), true},
		{"signed per request", asked("GET h/", "", "Authorization: "+aws+"1"), asked("GET h/", "", "Authorization: "+aws+"2"), true},
		{"digest", asked("GET h/", "", `Authorization: Digest username="a", response="1"`), asked("GET h/", "", `Authorization: Digest username="a", response="2"`), true},
	}
	for _, tt := range tests {
		if same := capture.CallerOf(tt.a) == capture.CallerOf(tt.b); same != tt.same {
			t.Errorf("%s: same = %v, want %v", tt.name, same, tt.same)
		}
	}
}

// FuzzKeyJSON compares the canonicaliser with jsondoc, which builds a tree.
func FuzzKeyJSON(f *testing.F) {
	for _, pair := range [][2]string{
		{`{"a":1,"b":2}`, `{"b":2,"a":1}`},
		{`{"a":1,"a":2}`, `{"a":2}`},
		{`[1.0,1e0,10e-1,-0,0,-0.0,0.0]`, `[1.00,1.0,1.0,0,0,0.0,0e5]`},
		{`"\u00e9\ud83d\ude00\ud800"`, "\"\u00e9\U0001F600\ufffd\""},
		{`{"\"":1,"\\":2}`, `{"\u005c":2,"\u0022":1}`},
		{"[1 ]", "[1,]"},
		{`{"a":{"c":[{}],"b":null}}`, `{"a":{"b":null,"c":[{}]}}`},
		{`123456789012345678901234567890`, `123456789012345678901234567891`},
		{`1e400`, `1e99999999999999999999`},
		{"\"\xff\"", "\"\\ufffd\""},
		{`tru`, `true`},
		{`01`, `1`},
		{`"`, `""`},
		{"\"\x01\"", `"\u0001"`},
	} {
		f.Add(pair[0], pair[1])
	}
	key := func(body string) capture.Key { return capture.KeyOf(asked("PUT h/", body, jsonType), nil) }
	f.Fuzz(func(t *testing.T, a, b string) {
		first, errA := jsondoc.Parse([]byte(a))
		second, errB := jsondoc.Parse([]byte(b))
		want := a == b
		if errA == nil && errB == nil {
			want = jsondoc.Equal(first, second)
		}
		if got := key(a) == key(b); got != want {
			t.Errorf("same key = %v, want %v:\n%q\n%q", got, want, a, b)
		}
		if errA != nil {
			return
		}
		// The same document, written otherwise.
		if printed := string(first.AppendIndent(nil, "\t")); key(printed) != key(a) {
			t.Errorf("printed otherwise it has another key:\n%q\n%q", a, printed)
		}
	})
}

// FuzzKey checks that no request panics, and that the parts of a request
// cannot pass for one another.
func FuzzKey(f *testing.F) {
	f.Add("/a", "b=c", "application/json", `{"a":1}`)
	f.Add("/%", "&&=&%z", "multipart/form-data; boundary=b", "--b\r\n\r\n--b--")
	f.Add("", "+", "application/x-www-form-urlencoded", "a=%41")
	f.Fuzz(func(t *testing.T, path, query, contentType, body string) {
		req := &expectations.Request{
			Method: "POST", Path: path, RawQuery: query, Header: http.Header{"Content-Type": {contentType}},
			Body: expectations.Body{Bytes: []byte(body)},
		}
		key := capture.KeyOf(req, nil)
		if again := capture.KeyOf(req, nil); again != key {
			t.Fatal("not repeatable")
		}
		other := *req
		other.Path = path + "x"
		if capture.KeyOf(&other, nil) == key {
			t.Error("another path has the same key")
		}
		other = *req
		other.RawQuery = query + "&zz=1"
		if capture.KeyOf(&other, nil) == key {
			t.Error("another query has the same key")
		}
		other = *req
		other.Body.Truncated = true
		if capture.KeyOf(&other, nil) == key {
			t.Error("a truncated body has the same key")
		}
	})
}

func BenchmarkKeyOf(b *testing.B) {
	body := `{"items":[` + strings.Repeat(`{"sku":"A-1","title":"A thing","price":12.5,"quantity":3},`, 16) + `{}]}`
	for name, req := range map[string]*expectations.Request{
		"get":  asked("GET api.test/v1/orders/42?page=2&sort=created", "", "Accept: application/json"),
		"json": asked("POST api.test/v1/orders", body, jsonType, "Accept: application/json"),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(req.Body.Bytes)))
			b.ReportAllocs()
			for b.Loop() {
				capture.KeyOf(req, nil)
			}
		})
	}
}
