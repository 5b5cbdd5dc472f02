package infer_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/infer"
)

// randomValue is a JSON value that others of the same seed resemble.
func randomValue(r *rand.Rand, depth int) jsondoc.Value {
	kind := r.IntN(9)
	if depth > 3 {
		kind = r.IntN(6)
	}
	switch kind {
	case 0:
		return jsondoc.Null()
	case 1:
		return jsondoc.Bool(r.IntN(2) == 0)
	case 2:
		return jsondoc.Number([]string{"1", "-0", "2.0", "1e3", "18446744073709551616", "0.10", "-5"}[r.IntN(7)])
	case 3, 4:
		return jsondoc.String([]string{
			"", "a", "2024-02-29", "2023-02-29", "2024-01-02T03:04:05Z", "2024-01-02T03:04:05.5+13:00", "12:00:00",
			"5ec7e700-0000-8000-8000-000000000000", "00000000-0000-4000-8000-00000000000f", "x@y.z", "http://a/b", "1.2.3.4",
			"10", "\x00", "é\n", "abcdef012345", expectations.PlaceholderText,
		}[r.IntN(17)])
	case 5, 6:
		items := make([]jsondoc.Value, r.IntN(4))
		for i := range items {
			items[i] = randomValue(r, depth+1)
		}
		return jsondoc.Array(items...)
	}
	o := jsondoc.Object()
	for range r.IntN(5) {
		name := []string{"id", "a", "b", "a b", "x'y", "", "$", "1", "00000000-0000-4000-8000-00000000000f", "count", "*", "é"}[r.IntN(12)]
		o.Members = append(o.Members, jsondoc.M(name, randomValue(r, depth+1)))
	}
	return o
}

// mutated resembles v.
func mutated(r *rand.Rand, v jsondoc.Value, depth int) jsondoc.Value {
	if r.IntN(12) == 0 {
		return randomValue(r, depth)
	}
	switch v.Kind {
	case jsondoc.KindArray:
		v.Items = slices.Clone(v.Items)
		for i := range v.Items {
			v.Items[i] = mutated(r, v.Items[i], depth+1)
		}
		if r.IntN(4) == 0 && len(v.Items) > 0 {
			v.Items = append(v.Items, mutated(r, v.Items[0], depth+1))
		}
	case jsondoc.KindObject:
		v.Members = slices.Clone(v.Members)
		for i := range v.Members {
			v.Members[i].Value = mutated(r, v.Members[i].Value, depth+1)
		}
		if r.IntN(8) == 0 && len(v.Members) > 0 {
			v.Members = v.Members[1:]
		}
	case jsondoc.KindNumber:
		v = jsondoc.Int(r.Int64N(1000))
	default:
	}
	return v
}

// randomSamples are exchanges of a few endpoints with random bodies.
func randomSamples(seed uint64) []infer.Sample {
	r := rand.New(rand.NewPCG(seed, 1))
	base, sent := randomValue(r, 0), randomValue(r, 0)
	var samples []infer.Sample
	for i := range 1 + r.IntN(12) {
		request := &expectations.Request{
			Method: http.MethodGet, Path: fmt.Sprintf("/things/%d", r.IntN(100)),
			RawQuery: []string{"", "a=1", "a=1&a=2", fmt.Sprintf("page=%d", i), "q=%20x&flag"}[r.IntN(5)],
			Header:   http.Header{"X-Thing": {[]string{"a", "b, c"}[r.IntN(2)]}, "Accept": {"application/json, */*;q=0.5"}},
		}
		if r.IntN(2) == 0 {
			request.Method = http.MethodPost
			request.Header.Set("Content-Type", []string{"application/json", "application/json; charset=utf-8"}[r.IntN(2)])
			request.Body.Bytes = mutated(r, sent, 0).AppendCompact(nil)
		}
		response := &expectations.Response{Status: 200 + r.IntN(2), Header: http.Header{"Content-Type": {"application/json"}}}
		response.Body.Bytes = mutated(r, base, 0).AppendCompact(nil)
		samples = append(samples, infer.Sample{Request: request, Response: response})
	}
	return samples
}

// accepting counts the interactions of a document that accept a sample.
func accepting(doc *pact.Document, s infer.Sample) int {
	n := 0
	for _, it := range doc.Interactions {
		if len(pact.CompileRequest(it.Request).Match(s.Request)) == 0 && len(pact.CompileResponse(it.Response).Match(s.Response)) == 0 {
			n++
		}
	}
	return n
}

// TestAcceptsEverySample: whatever was recorded, each sample satisfies an
// interaction of the contract as it is read back from its bytes, each example
// satisfies its own rules, and the contract is the same each time.
func TestAcceptsEverySample(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		samples := randomSamples(seed)
		for _, mode := range []infer.Mode{infer.Types, infer.Formats, infer.Strict} {
			doc, report := inferred(t, samples, infer.Options{Mode: mode, MaxVariants: 100})
			if len(report.LeftOut) > 0 {
				t.Errorf("seed %d, %s: left out %v", seed, mode, report.LeftOut)
			}
			again := reparsed(t, doc)
			for i, s := range samples {
				if accepting(again, s) == 0 {
					t.Errorf("seed %d, %s: sample %d (%s %s?%s %s -> %s) satisfies no interaction of\n%s", seed, mode, i,
						s.Request.Method, s.Request.Path, s.Request.RawQuery, s.Request.Body.Bytes, s.Response.Body.Bytes, doc.Append(nil))
				}
			}
			for _, it := range again.Interactions {
				if found := pact.CompileRequest(it.Request).Match(pact.BuildRequest(it)); len(found) > 0 {
					t.Errorf("seed %d, %s: the example of %s does not satisfy it: %v", seed, mode, it.Description, found)
				}
			}
			twice, _ := inferred(t, samples, infer.Options{Mode: mode, MaxVariants: 100})
			if !bytes.Equal(doc.Append(nil), twice.Append(nil)) {
				t.Errorf("seed %d, %s: the second contract differs", seed, mode)
			}
			if t.Failed() {
				return
			}
		}
	}
}

// TestMoreSamplesOnlyWiden: what a contract of some samples accepts, that of
// more accepts too.
func TestMoreSamplesOnlyWiden(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		samples := randomSamples(seed)
		doc, _ := inferred(t, samples, infer.Options{MaxVariants: 100})
		for n := 1; n < len(samples); n++ {
			fewer, _ := inferred(t, samples[:n], infer.Options{MaxVariants: 100})
			for _, s := range samples[:n] {
				if accepting(fewer, s) == 0 || accepting(doc, s) == 0 {
					t.Fatalf("seed %d: of %d samples, one is not accepted", seed, n)
				}
			}
		}
	}
}

// TestSamplesLeave: a recording whose oldest part is removed, and that grows,
// while a contract is made of it.
func TestSamplesLeave(t *testing.T) {
	t.Parallel()
	for _, c := range corpora() {
		samples, further := c.record(t, 1), c.record(t, 2)
		for _, gone := range []int{1, 7} {
			ranged := 0
			doc, report, err := infer.Infer(t.Context(), func(yield func(infer.Sample, error) bool) {
				now := samples
				if ranged++; ranged > 2 { // surveyed and merged
					now = slices.Concat(samples[gone:], further)
				}
				seq(now)(yield)
			}, infer.Options{})
			if err != nil || ranged < 3 {
				t.Fatalf("ranged over %d times: %v", ranged, err)
			}
			want, wantReport := inferred(t, samples, infer.Options{})
			if !bytes.Equal(doc.Append(nil), want.Append(nil)) || len(report.LeftOut) != len(wantReport.LeftOut) {
				t.Errorf("%s: without the first %d samples another contract, left out %v", c.name, gone, report.LeftOut)
			}
		}
	}
}

// TestOrderOfEndpoints: samples of different endpoints in another order give
// the same bytes.
func TestOrderOfEndpoints(t *testing.T) {
	t.Parallel()
	for _, c := range corpora() {
		samples := c.record(t, 3)
		want, report := inferred(t, samples, infer.Options{})
		r := rand.New(rand.NewPCG(5, 6))
		for range 5 {
			got, gotReport := inferred(t, interleaved(r, samples), infer.Options{})
			if !bytes.Equal(want.Append(nil), got.Append(nil)) || !bytes.Equal(report.AppendJSON(nil), gotReport.AppendJSON(nil)) {
				t.Errorf("%s: the order of endpoints changes the contract or its report", c.name)
			}
		}
	}
}

// interleaved keeps the order of the samples of one method, path up to its
// ids, and status.
func interleaved(r *rand.Rand, samples []infer.Sample) []infer.Sample {
	byEndpoint := make(map[string][]infer.Sample)
	var keys []string
	for _, s := range samples {
		key := s.Request.Method + s.Request.Path[:min(5, len(s.Request.Path))]
		byEndpoint[key] = append(byEndpoint[key], s)
		keys = append(keys, key)
	}
	r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	var out []infer.Sample
	for _, key := range keys {
		out = append(out, byEndpoint[key][0])
		byEndpoint[key] = byEndpoint[key][1:]
	}
	return out
}

// randomXML is an element that others of the same shape resemble, with other
// data.
func randomXML(r, data *rand.Rand, b *bytes.Buffer, depth int) {
	name := []string{"a", "b", "c", "p:d"}[r.IntN(4)]
	b.WriteString("<" + name)
	if depth == 0 {
		b.WriteString(` xmlns:p="urn:p"`)
	}
	for _, attribute := range []string{"x", "id", "p:y"} {
		if r.IntN(4) == 0 && data.IntN(6) > 0 {
			fmt.Fprintf(b, ` %s="%s"`, attribute, []string{"", "1", "2024-02-29", "x&amp;y"}[data.IntN(4)])
		}
	}
	b.WriteByte('>')
	if r.IntN(2) == 0 {
		b.WriteString([]string{" ", "7", "text", "2.50", "5ec7e700-0000-4000-8000-000000000000"}[data.IntN(5)])
	}
	for range r.IntN(4) {
		if depth >= 3 {
			continue
		}
		seed := r.Uint64()
		for range max(1, data.IntN(4)-1) * min(1, data.IntN(9)) {
			randomXML(rand.New(rand.NewPCG(seed, 0)), data, b, depth+1)
		}
	}
	b.WriteString("</" + name + ">")
}

// TestAcceptsEveryDocument is TestAcceptsEverySample for XML.
func TestAcceptsEveryDocument(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 2))
		var samples []infer.Sample
		shapes := uint64(1 + r.IntN(3))
		for range 1 + r.IntN(8) {
			var sent, got bytes.Buffer
			randomXML(rand.New(rand.NewPCG(r.Uint64N(shapes), seed)), r, &sent, 0)
			randomXML(rand.New(rand.NewPCG(r.Uint64N(shapes), seed+1)), r, &got, 0)
			header := http.Header{"Content-Type": {"application/xml"}}
			samples = append(samples, infer.Sample{
				Request:  &expectations.Request{Method: http.MethodPost, Path: "/x", Header: header, Body: expectations.Body{Bytes: sent.Bytes()}},
				Response: &expectations.Response{Status: 200, Header: header, Body: expectations.Body{Bytes: got.Bytes()}},
			})
		}
		doc, report := inferred(t, samples, infer.Options{MaxVariants: 100})
		if len(report.LeftOut) > 0 {
			t.Errorf("seed %d: left out %v", seed, report.LeftOut)
		}
		again := reparsed(t, doc)
		for _, s := range samples {
			if accepting(again, s) == 0 {
				t.Fatalf("seed %d: %s -> %s satisfies no interaction of\n%s", seed, s.Request.Body.Bytes, s.Response.Body.Bytes, doc.Append(nil))
			}
		}
	}
}
