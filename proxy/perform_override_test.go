package proxy_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
	mockserver "github.com/pactape/pactape/expectations/wire"
)

// action reads an action as it is written in an expectation.
func action(t testing.TB, text string) expectations.Action {
	t.Helper()
	es, err := mockserver.DecodeExpectations([]byte("{" + text + "}"))
	if err != nil {
		t.Fatal(err)
	}
	return es[0].Action
}

// place fills in where a server is.
func place(s *httptest.Server, text string) string {
	scheme, host, _ := strings.Cut(s.URL, "://")
	name, port, _ := strings.Cut(host, ":")
	return strings.NewReplacer("{{host}}", name, "{{port}}", port, "{{scheme}}", strings.ToUpper(scheme)).Replace(text)
}

// told answers with the request it was sent, its header sorted.
func told(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("X-Server", "real")
	w.Header().Add("Set-Cookie", "session=1; Path=/; HttpOnly")
	w.Header().Add("Set-Cookie", "other=2")
	w.WriteHeader(http.StatusAccepted)
	_, _ = fmt.Fprintf(w, "%s %s\n", r.Method, r.URL.RequestURI())
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if name != "Accept-Encoding" && name != "Via" && name != "User-Agent" {
			_, _ = fmt.Fprintf(w, "%s: %s\n", name, strings.Join(r.Header[name], " | "))
		}
	}
	_, _ = fmt.Fprintf(w, "\n%s", body)
}

// TestOverrideRequest pins what the server is sent.
func TestOverrideRequest(t *testing.T) {
	t.Parallel()
	plain, secure := upstreamFunc(t, told), upstreamTLS(t, told)
	const address = `"socketAddress":{"host":"{{host}}","port":{{port}},"scheme":"{{scheme}}"}`
	const received = "Content-Length: 7\nContent-Type: text/plain\nCookie: a=1; b=2\nX-A: 1 | 2\n\ncontent"
	for name, tt := range map[string]struct{ action, want string }{
		"nothing": {`"requestOverride":{` + address + `}`, "PUT /in?q=1&p=%20x&q=2\n" + received},
		"method, path, query": {
			`"requestOverride":{"method":"POST","path":"/a b/%2F","queryStringParameters":{"q":["é"],"n":["1","2"]},` + address + `}`,
			"POST /a%20b/%2F?p=%20x&q=%C3%A9&n=1&n=2\n" + received,
		},
		"headers and cookies": {
			`"httpRequest":{"headers":{"x-a":["3"],"X-B":["4"],"Connection":["close"]},"cookies":{"b":"3","c":"4"},` + address + `}`,
			"PUT /in?q=1&p=%20x&q=2\nContent-Length: 7\nContent-Type: text/plain\nCookie: a=1; b=3; c=4\nX-A: 3\nX-B: 4\n\ncontent",
		},
		"body": {
			`"requestOverride":{"body":{"type":"JSON","json":{"a":1}},` + address + `}`,
			"PUT /in?q=1&p=%20x&q=2\nContent-Length: 13\nContent-Type: text/plain\nCookie: a=1; b=2\nX-A: 1 | 2\n\n{\n  \"a\" : 1\n}",
		},
		"modified": {
			`"requestOverride":{` + address + `},"requestModifier":{"path":{"regex":"^/(.+)$","substitution":"/prefix/$1/x"},
			 "queryStringParameters":{"add":{"n":["1"]},"replace":{"q":["3"],"none":["4"]},"remove":["p"]},
			 "headers":{"add":{"X-A":["3"],"X-N":["n"]},"replace":{"content-type":["text/css"],"X-None":["4"]},"remove":["x-c"]},
			 "cookies":{"add":{"n":"1"},"replace":{"a":"2","none":"4"},"remove":["b"]}}`,
			"PUT /prefix/in/x?q=3&n=1\nContent-Length: 7\nContent-Type: text/css\nCookie: a=2; n=1\nX-A: 1 | 2 | 3\nX-N: n\n\ncontent",
		},
	} {
		for _, server := range []*httptest.Server{plain, secure} {
			t.Run(name+server.URL[:5], func(t *testing.T) {
				t.Parallel()
				r := start(t, trusting(secure), inMode(expectations.Spy))
				r.act("/in", action(t, `"httpOverrideForwardedRequest":{`+place(server, tt.action)+"}"))
				want := strings.Replace(tt.want, "\nX-A", "\nX-A", 1)
				for i, client := range []*http.Client{r.direct(), r.client(), r.client(h2cOnly, func(t *http.Transport) { t.Proxy = nil })} {
					req := newRequest(t, http.MethodPut, "http://"+r.addr+"/in?q=1&p=%20x&q=2", strings.NewReader("content"))
					req.Header = http.Header{
						"Content-Type": {"text/plain"}, "Cookie": {"a=1; b=2"}, "X-A": {"1", "2"},
					}
					resp, body := send(t, client, req)
					if resp.StatusCode != 202 || body != want {
						t.Errorf("%d: %d %s\nwant %s", i, resp.StatusCode, body, want)
					}
				}
				entry := r.space().Log.All()[0]
				if entry.Request.Path != "/in" || entry.Outcome != expectations.Forwarded || string(entry.Request.Body.Bytes) != "content" {
					t.Errorf("log has %s %s", entry.Request.Path, entry.Outcome)
				}
				ex := r.tape.wait(t, 1)
				_, sent, _ := strings.Cut(want, "\n\n")
				if line, _, _ := strings.Cut(want, "\n"); ex.Request.Method+" "+ex.Request.Path+"?"+ex.Request.RawQuery != line ||
					string(ex.Request.Body.Bytes) != sent || ex.Request.Authority != hostOf(server.URL) {
					t.Errorf("recorded %+v", ex.Request)
				}
			})
		}
	}
}

// TestOverrideGoesWhere pins how the server is found.
func TestOverrideGoesWhere(t *testing.T) {
	t.Parallel()
	server := upstreamFunc(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) })
	r := start(t, inMode(expectations.Simulate))
	host := hostOf(server.URL)
	for path, tt := range map[string]struct{ action, want string }{
		"/address":  {place(server, `{"requestOverride":{"socketAddress":{"host":"{{host}}","port":{{port}}}}}`), host},
		"/header":   {`{"requestOverride":{"headers":{"Host":["` + host + `"]}}}`, host},
		"/modified": {`{"requestModifier":{"headers":{"replace":{"Host":["` + host + `"]}}}}`, host},
		"/both": {
			place(server, `{"requestOverride":{"headers":{"host":["name.test"]},"socketAddress":{"host":"{{host}}","port":{{port}}}}}`),
			"name.test",
		},
	} {
		r.act(path, action(t, `"httpOverrideForwardedRequest":`+tt.action))
		if _, body := get(t, r.direct(), "http://"+r.addr+path); body != tt.want {
			t.Errorf("%s: %s, want %s", path, body, tt.want)
		}
	}
	// A proxied request has a place to go by itself.
	r.act("/own", action(t, `"httpOverrideForwardedRequest":{"requestOverride":{"method":"HEAD"}}`))
	if resp, body := get(t, r.client(), server.URL+"/own"); resp.StatusCode != 200 || body != "" {
		t.Errorf("%+v %s", resp, body)
	}
}

// TestOverrideResponse pins what the client is answered, and that the
// recording has what the server answered.
func TestOverrideResponse(t *testing.T) {
	t.Parallel()
	server := upstreamTLS(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-End")
		told(w, r)
		w.Header().Set("X-End", "end")
	})
	for name, tt := range map[string]struct{ action, want string }{
		"status": {`"responseOverride":{"statusCode":299,"reasonPhrase":"Odd"}`, "299 [session=1; Path=/; HttpOnly other=2] real  GET /in\n\n"},
		"head": {
			`"responseOverride":{"headers":{"x-server":["mine"]},"cookies":{"other":"3"}}`,
			"202 [session=1; Path=/; HttpOnly other=3] mine  GET /in\n\n",
		},
		"body": {
			`"responseOverride":{"body":{"a":1}}`,
			"202 [session=1; Path=/; HttpOnly other=2] real text/plain; charset=utf-8 {\n  \"a\" : 1\n}",
		},
		"no content": {`"responseOverride":{"statusCode":204}`, "204 [session=1; Path=/; HttpOnly other=2] real  "},
		"chunks": {
			`"responseOverride":{"connectionOptions":{"chunkSize":3,"keepAliveOverride":true}}`,
			"202 [session=1; Path=/; HttpOnly other=2] real  GET /in\n\n",
		},
		"modified": {
			`"responseModifier":{"headers":{"add":{"X-Server":["2"]},"remove":["content-type"]},
			 "cookies":{"add":{"new":"n"},"replace":{"session":"7","none":"4"},"remove":["other"]}}`,
			"202 [session=7; Path=/; HttpOnly new=n] real,2  GET /in\n\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, trusting(server))
			e := r.act("/in", action(t, `"httpOverrideForwardedRequest":{`+
				place(server, `"requestOverride":{"socketAddress":{"host":"{{host}}","port":{{port}},"scheme":"HTTPS"}},`)+tt.action+"}"))
			for i, client := range []*http.Client{r.client(), r.client(h2Only)} {
				resp, body := get(t, client, "https://a.test/in")
				contentType := resp.Header.Get("Content-Type")
				if !strings.Contains(tt.want, "charset") {
					contentType = ""
				}
				got := fmt.Sprintf("%d %v %s %s %s", resp.StatusCode, resp.Header["Set-Cookie"], strings.Join(resp.Header["X-Server"], ","), contentType, body)
				if got != tt.want || name == "status" && resp.Proto == "HTTP/1.1" && resp.Status != "299 Odd" {
					t.Errorf("%d: %s %s\nwant %s", i, resp.Status, got, tt.want)
				}
				if name == "modified" && resp.Header["Content-Type"] != nil {
					t.Errorf("content type is %s", resp.Header["Content-Type"])
				}
				entry := r.space().Log.All()[i]
				if entry.Outcome != expectations.Forwarded || entry.ExpectationID != e.ID || entry.Response.Status != resp.StatusCode ||
					bodyText(entry.Response) != body && name != "no content" {
					t.Errorf("log has %+v", entry.Response)
				}
				ex := r.tape.wait(t, i+1)
				if ex.Response.Status != 202 || bodyText(ex.Response) != "GET /in\n\n" || ex.Response.Header.Get("X-Server") != "real" {
					t.Errorf("recorded %+v", ex.Response)
				}
			}
		})
	}
}

func bodyText(r *expectations.Response) string { return string(r.Body.Bytes) }

// TestOverrideStreams: an answer of which only the head is changed runs
// through as it comes.
func TestOverrideStreams(t *testing.T) {
	t.Parallel()
	more := make(chan struct{})
	server := upstreamFunc(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "first")
		_ = http.NewResponseController(w).Flush()
		<-more
		_, _ = io.WriteString(w, "second")
	})
	r := start(t)
	r.act("/", action(t, place(server, `"httpOverrideForwardedRequest":{"requestOverride":{"socketAddress":{"host":"{{host}}","port":{{port}}}},
		"responseOverride":{"statusCode":201}}`)))
	resp, err := r.direct().Get("http://" + r.addr + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	first := make([]byte, 5)
	if _, err := io.ReadFull(resp.Body, first); err != nil || string(first) != "first" || resp.StatusCode != 201 {
		t.Fatalf("%d %q, %v", resp.StatusCode, first, err)
	}
	close(more)
	if rest, err := io.ReadAll(resp.Body); err != nil || string(rest) != "second" {
		t.Errorf("%q, %v", rest, err)
	}
}
