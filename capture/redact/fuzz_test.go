package redact_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pactape/pactape/capture/redact"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// seeded is a secret that the fuzz targets plant where it must not survive.
const seeded = "Zq7planted/SECRET+value=="

// FuzzBody checks, for any body of any type, that redaction does not panic,
// is idempotent and repeatable, and that JSON stays JSON of the same shape.
func FuzzBody(f *testing.F) {
	types := []string{
		"application/json", "", "application/x-www-form-urlencoded", "text/event-stream",
		"application/x-ndjson", "multipart/form-data; boundary=b", "text/xml", "text/plain",
	}
	for _, body := range []string{
		`{"password":"abc","n":[1,{"token":2}],"s":"\u0061\"b","e":{"session":{"id":"x"}}}`,
		`{"a":"{\"token\":\"x\"}","u":"https://h/?token=a&b=c"}`, `{"password":"abc`, `[[[[`, `{"n":4111111111111111}`,
		"a=b&password=abc&authorization=Bearer%20x&j=%7B%22token%22%3A1%7D", "?token=abc)", jwt, jwe, card,
		"4111 1111 1111 1111 123", "data: {\"token\":\ndata: \"x\"}\n\n", "data: a\r\rdata\n",
		"--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nabc\r\n--b--", "--b\n--b",
		"<a secret='x'><password>abc</password><![CDATA[", "</", "<token", "\xff\xfe\x00", `{"a\u0000":"\ud800"}`,
		`{"token":"Basic YTpi","x":"Bearer"}`, `{"token":-1.5e3,"session":00}`,
	} {
		for i := range types {
			f.Add(body, uint8(i))
		}
	}
	r := newRedactor(f, redact.Options{JSONPaths: []string{"$.x[0].y"}, Allow: []string{"open_token", "$.open"}, Fields: []string{"deep"}})
	f.Fuzz(func(t *testing.T, body string, kind uint8) {
		resp := &expectations.Response{
			Header: http.Header{"Content-Type": {types[int(kind)%len(types)]}},
			Body:   expectations.Body{Bytes: []byte(body)},
		}
		once, list := r.Response(resp)
		if string(resp.Body.Bytes) != body {
			t.Fatal("the original changed")
		}
		if once != resp && len(list) == 0 {
			t.Error("changed without a redaction listed")
		}
		if twice, _ := r.Response(once); twice != once {
			t.Errorf("not idempotent:\n%q\n%q\n%q", body, once.Body.Bytes, twice.Body.Bytes)
		}
		before, err := jsondoc.Parse([]byte(body))
		if err != nil || kind%uint8(len(types)) != 0 {
			return
		}
		after, err := jsondoc.Parse(once.Body.Bytes)
		if err != nil {
			t.Fatalf("no longer JSON: %v\n%s\n%s", err, body, once.Body.Bytes)
		}
		if !sameShape(before, after) {
			t.Errorf("another shape:\n%s\n%s", body, once.Body.Bytes)
		}
	})
}

func sameShape(a, b jsondoc.Value) bool {
	if a.Kind != b.Kind || len(a.Items) != len(b.Items) || len(a.Members) != len(b.Members) {
		return false
	}
	for i := range a.Items {
		if !sameShape(a.Items[i], b.Items[i]) {
			return false
		}
	}
	for i := range a.Members {
		if !sameShape(a.Members[i].Value, b.Members[i].Value) {
			return false
		}
	}
	return true
}

// FuzzPlanted puts a secret at every place where one must be found, among
// text from the fuzzer, and looks for it afterwards.
func FuzzPlanted(f *testing.F) {
	f.Add("bob", "name", "v1")
	f.Add(`"}\`, "a[b]", "%zz")
	f.Add("{[", "x&y=", "\u2028")
	f.Fuzz(func(t *testing.T, value, name, segment string) {
		r := newRedactor(t, redact.Options{})
		doc, err := json.Marshal(map[string]any{
			name:       value,
			"login":    map[string]any{"password": seeded, name: []string{value}},
			"apiKey":   []string{seeded},
			"embedded": `{"token":"` + seeded + `"}`,
			"link":     "https://h/" + url.PathEscape(segment) + "?q=1&access_token=" + url.QueryEscape(seeded),
		})
		if err != nil {
			t.Fatal(err)
		}
		form := url.Values{name: {value}, "client_secret": {seeded}}.Encode()
		req := &expectations.Request{
			Path: "/" + url.PathEscape(segment), RawQuery: form,
			Header: http.Header{
				"Authorization": {"Bearer " + seeded}, "Cookie": {"a=" + seeded}, "X-Api-Key": {seeded},
				"Content-Type": {"application/json"},
			},
			Body: expectations.Body{Bytes: doc},
		}
		got, _ := r.Request(req)
		if leak := leaks(got.Path, got.RawQuery, string(got.Body.Bytes), strings.Join(got.Header.Values("Authorization"), " "),
			got.Header.Get("Cookie"), got.Header.Get("X-Api-Key")); leak != "" {
			t.Errorf("the secret survived in %q", leak)
		}
		for contentType, body := range map[string]string{
			"application/x-www-form-urlencoded": form,
			"text/event-stream":                 "data: " + string(doc) + "\n\n",
			"application/x-ndjson":              string(doc) + "\n" + string(doc),
			"multipart/form-data; boundary=XbX": "--XbX\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n" + seeded + "\r\n--XbX--",
		} {
			resp := &expectations.Response{Header: http.Header{"Content-Type": {contentType}}, Body: expectations.Body{Bytes: []byte(body)}}
			got, _ := r.Response(resp)
			if leak := leaks(string(got.Body.Bytes)); leak != "" {
				t.Errorf("%s: the secret survived in %q", contentType, leak)
			}
		}
	})
}

func leaks(texts ...string) string {
	for _, text := range texts {
		unescaped, err := url.QueryUnescape(text)
		if err != nil {
			unescaped = text
		}
		for _, form := range []string{seeded, url.QueryEscape(seeded), "planted", "SECRET"} {
			if bytes.Contains([]byte(text+unescaped), []byte(form)) {
				return text
			}
		}
	}
	return ""
}

// FuzzCredentials checks headers of any form.
func FuzzCredentials(f *testing.F) {
	for _, v := range []string{
		"Bearer abc", "Basic YTpi", "Basic !!", "Basic YTo=", "Digest a=b, c=\"d,e\"", "x", " ", "a  b", "Bearer", "=", "a =b", `a "`,
		"0 0= ", "0 ,=", "/sessions/4f2a9c1e77", "x://a:b@c", "a=1&token=%41&x={\"token\":1}&4111+1111+1111+1111",
		"OAuth a=,b", "Token token=", "a=b; c=\"d\";;e", "a=b=c; Path=/",
	} {
		f.Add(v)
	}
	r := newRedactor(f, redact.Options{})
	f.Fuzz(func(t *testing.T, v string) {
		req := &expectations.Request{Path: "/" + v, RawQuery: v, Header: http.Header{
			"Authorization": {v}, "Cookie": {v}, "X-Api-Key": {v}, "Location": {v}, "X-Other": {v},
		}}
		resp := &expectations.Response{Header: http.Header{"Set-Cookie": {v}}}
		once, _ := r.Request(req)
		if twice, _ := r.Request(once); twice != once {
			t.Errorf("not idempotent: %q\n%+v\n%+v", v, once, twice)
		}
		answer, _ := r.Response(resp)
		if twice, _ := r.Response(answer); twice != answer {
			t.Errorf("not idempotent: %q, %v, %v", v, answer.Header, twice.Header)
		}
	})
}
