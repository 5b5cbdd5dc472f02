package infer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/infer"
	"github.com/pactape/pactape/pact/verifier"
)

// A corpus is a realistic API and a client that uses it.
type corpus struct {
	name string
	// start makes a provider with data of its own.
	start func(seed uint64) provider
	// drive is what the consumer does.
	drive func(c *client)
	// breakages say where each applies.
	breakages map[string]target
}

// A provider is an API, and can be brought into a state: it returns the live
// values of the state's parameters.
type provider interface {
	http.Handler
	state(name string, params map[string]string) map[string]string
}

func corpora() []corpus { return []corpus{shopCorpus(), searchCorpus(), eventsCorpus(), formsCorpus()} }

const statePath = "/_pact/state"

// served is a provider over HTTP, with its states at statePath.
func served(p provider, change func(*http.Request, *httptest.ResponseRecorder)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == statePath {
			var body struct {
				State  string
				Params map[string]string
			}
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(p.state(body.State, body.Params)) // shows as a failed state
			return
		}
		answer := httptest.NewRecorder()
		p.ServeHTTP(answer, r)
		if change != nil {
			change(r, answer)
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// A client calls a provider and keeps what was said as samples.
type client struct {
	t       testing.TB
	handler http.Handler
	rand    *rand.Rand
	samples []infer.Sample
	// secrets are header names whose values are noted as redacted.
	header http.Header
}

func (c *client) do(method, target, contentType, body string) *httptest.ResponseRecorder {
	c.t.Helper()
	r := httptest.NewRequest(method, "http://api.test"+target, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	maps.Copy(r.Header, c.header)
	r.Header.Set("User-Agent", "corpus/1")
	r.Header.Set("X-Request-Id", fmt.Sprint(c.rand.Uint64()))
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	c.samples = append(c.samples, infer.Sample{
		Request: &expectations.Request{
			Method: method, Authority: "api.test", Host: "api.test", Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery,
			Header: r.Header, Body: expectations.Body{Bytes: []byte(body), Size: int64(len(body))}, Protocol: "HTTP/1.1",
		},
		Response: &expectations.Response{
			Status: w.Code, Header: w.Header(), Body: expectations.Body{Bytes: w.Body.Bytes(), Size: int64(w.Body.Len())},
		},
	})
	return w
}

func (c *client) get(target string) jsondoc.Value {
	c.t.Helper()
	doc, err := jsondoc.Parse(c.do(http.MethodGet, target, "", "").Body.Bytes())
	if err != nil {
		c.t.Fatalf("GET %s: %v", target, err)
	}
	return doc
}

func (c *client) post(target, body string) jsondoc.Value {
	c.t.Helper()
	doc, err := jsondoc.Parse(c.do(http.MethodPost, target, "application/json", body).Body.Bytes())
	if err != nil {
		c.t.Fatalf("POST %s: %v", target, err)
	}
	return doc
}

// at is the text of a member, by a path of names and "0" for the first item.
func at(doc jsondoc.Value, path ...string) string {
	for _, name := range path {
		if doc.Kind == jsondoc.KindArray {
			if len(doc.Items) == 0 {
				return ""
			}
			doc = doc.Items[0]
			continue
		}
		doc, _ = doc.Get(name)
	}
	return doc.Text
}

// record is what a client of the corpus saw of a provider.
func (c corpus) record(t testing.TB, seed uint64) []infer.Sample {
	t.Helper()
	cl := &client{t: t, handler: c.start(seed), rand: rand.New(rand.NewPCG(seed, 7)), header: make(http.Header)}
	c.drive(cl)
	return cl.samples
}

func seq(samples []infer.Sample) iter.Seq2[infer.Sample, error] {
	return func(yield func(infer.Sample, error) bool) {
		for _, s := range samples {
			if !yield(s, nil) {
				return
			}
		}
	}
}

func inferred(t testing.TB, samples []infer.Sample, o infer.Options) (*pact.Document, *infer.Report) {
	t.Helper()
	doc, report, err := infer.Infer(t.Context(), seq(samples), o)
	if err != nil {
		t.Fatal(err)
	}
	return doc, report
}

// verify holds a document against a provider with our verifier, which asks it
// for its states. It returns what failed, and why.
func verify(t testing.TB, doc *pact.Document, handler http.Handler) map[string]string {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	result, err := verifier.Run(t.Context(), doc, verifier.Options{
		ProviderURL: server.URL, StateURL: server.URL + statePath, Transport: server.Client().Transport,
		Header: http.Header{"Authorization": {"Bearer real"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	failed := make(map[string]string)
	for _, it := range result.Interactions {
		if !it.Verified {
			failed[it.Description] = it.Reason
		}
	}
	return failed
}

// fake makes data that is another for each seed.
type fake struct{ *rand.Rand }

func newFake(seed uint64) fake { return fake{rand.New(rand.NewPCG(seed, 42))} }

func (f fake) uuid() string {
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", f.Uint32(), f.Uint32()&0xffff, f.Uint32()&0xfff, f.Uint32()&0xfff, f.Uint64()&0xffffffffffff)
}

func (f fake) time() string {
	return fmt.Sprintf("20%02d-%02d-%02dT%02d:%02d:%02dZ", 20+f.IntN(6), 1+f.IntN(12), 1+f.IntN(28), f.IntN(24), f.IntN(60), f.IntN(60))
}

func (f fake) date() string {
	return fmt.Sprintf("19%02d-%02d-%02d", 50+f.IntN(50), 1+f.IntN(12), 1+f.IntN(28))
}

func (f fake) pick(words ...string) string { return words[f.IntN(len(words))] }

func (f fake) word() string {
	return f.pick("lamp", "chair", "Tisch", "étagère", "mug", "kettle", "board", "pen", "clock", "vase") + fmt.Sprint(f.IntN(1000))
}

func (f fake) words(least, most int) []string {
	out := make([]string, least+f.IntN(most-least+1))
	for i := range out {
		out[i] = f.word()
	}
	return out
}

// object is a JSON object as a provider builds it.
type object = map[string]any

func answer(w http.ResponseWriter, status int, body any) {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(body); err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

func query(pairs ...string) string {
	v := make(url.Values)
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v.Encode()
}
