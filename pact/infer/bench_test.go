package infer_test

import (
	"fmt"
	"iter"
	"net/http"
	"runtime"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact/infer"
)

// manySamples are n exchanges over a number of endpoints, made as they are
// asked for; every so manieth endpoint is a POST, whose ids are remembered.
func manySamples(n, endpoints, posts int) iter.Seq2[infer.Sample, error] {
	header := http.Header{"Content-Type": {"application/json"}, "Date": {"x"}, "Server": {"y"}, "Etag": {"z"}}
	accept := http.Header{"Accept": {"application/json"}, "User-Agent": {"u"}, "Authorization": {"Bearer redacted"}}
	return func(yield func(infer.Sample, error) bool) {
		for i := range n {
			endpoint := i % endpoints
			body := fmt.Appendf(nil, `{"id":%d,"ref":"%08x-0000-4000-8000-%012x","name":"n%d","created":"2024-01-02T03:04:%02dZ",`+
				`"price":%d.5,"ok":%t,"tags":["a","b%d"],"owner":{"id":%d,"email":"u%d@example.com"},`+
				`"items":[{"sku":"s%d","count":%d},{"sku":"t%d","count":2}]}`, i, i, i, i, i%60, i, i%2 == 0, i, i, i, i, i, i)
			request := &expectations.Request{
				Method: http.MethodGet, Authority: "api.test", Path: fmt.Sprintf("/v1/things%d/%d", endpoint, i), RawQuery: "expand=owner",
				Header: accept,
			}
			if posts > 0 && endpoint%posts == 0 {
				request.Method, request.Path = http.MethodPost, fmt.Sprintf("/v1/things%d", endpoint)
				request.Body = expectations.Body{Bytes: fmt.Appendf(nil, `{"name":"n%d","count":%d}`, i, i)}
				request.Header = http.Header{"Content-Type": {"application/json"}}
			}
			sample := infer.Sample{
				Request: request, Response: &expectations.Response{Status: 200, Header: header, Body: expectations.Body{Bytes: body}},
			}
			if !yield(sample, nil) {
				return
			}
		}
	}
}

// BenchmarkInfer is 100 000 exchanges over 200 endpoints.
func BenchmarkInfer(b *testing.B) {
	for b.Loop() {
		doc, report, err := infer.Infer(b.Context(), manySamples(100_000, 200, 4), infer.Options{})
		if err != nil || len(doc.Interactions) != 200 || report.Samples != 100_000 {
			b.Fatal(len(doc.Interactions), report.Samples, err)
		}
	}
}

// TestMemoryIsBounded holds the memory that an inference keeps to what its
// endpoints need: ten times the samples need no more.
func TestMemoryIsBounded(t *testing.T) {
	peak := func(samples int) uint64 {
		runtime.GC()
		var before, now runtime.MemStats
		runtime.ReadMemStats(&before)
		highest, i := uint64(0), 0
		_, _, err := infer.Infer(t.Context(), func(yield func(infer.Sample, error) bool) {
			for s, err := range manySamples(samples, 20, 0) {
				if i++; i%(samples/4) == 0 {
					runtime.GC()
					runtime.ReadMemStats(&now)
					highest = max(highest, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
				}
				if !yield(s, err) {
					return
				}
			}
		}, infer.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return highest
	}
	// The batches under way differ by some MiB from run to run; what is kept is
	// there in each.
	var few, many uint64
	for range 5 {
		few, many = peak(2_000), peak(20_000)
		t.Logf("%d KiB for 2000 samples, %d KiB for 20000", few>>10, many>>10)
		if many <= few+2<<20 {
			return
		}
	}
	t.Errorf("%d KiB for 2000 samples, %d KiB for 20000: it grows with them", few>>10, many>>10)
}
