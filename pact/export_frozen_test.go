package pact_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
)

// sameWriting holds what is written without a document to what the document
// is, byte for byte, and what was left out likewise.
func sameWriting(t *testing.T, doc *pact.Document, skipped []pact.Skipped, o pact.ExportOptions, es []*expectations.Expectation) {
	t.Helper()
	writing, alsoSkipped, err := pact.ExportWriting(t.Context(), sequence(es...), o)
	if err != nil {
		t.Fatal(err)
	}
	var written bytes.Buffer
	if n, err := writing.WriteTo(&written); err != nil || n != int64(written.Len()) {
		t.Fatalf("%d bytes of %d were written: %v", n, written.Len(), err)
	}
	if writing.Len() != len(doc.Interactions) {
		t.Errorf("%d interactions to write, %d in the document", writing.Len(), len(doc.Interactions))
	}
	if diff := cmp.Diff(string(doc.Append(nil)), written.String()); diff != "" {
		t.Errorf("spec %v (-document +written):\n%s", o.Spec, diff)
	}
	if diff := cmp.Diff(skipped, alsoSkipped); diff != "" {
		t.Errorf("spec %v, left out (-document +written):\n%s", o.Spec, diff)
	}
}

// TestWriting: contracts of what was recorded, written by hand and imported
// are written as their document is, in every specification.
func TestWriting(t *testing.T) {
	t.Parallel()
	doc := parsed(t, document(4, `{"description":"agreed \"<ü>\"","key":"k","pending":true,"providerStates":[{"name":"s","params":{"id":1}}],
		"request":{"method":"POST","path":"/agreed","body":{"contentType":"application/json","encoded":false,"content":{"a":[]}},
			"matchingRules":{"body":{"$.a":{"matchers":[{"match":"notEmpty"}]}}}},
		"response":{"status":200,"matchingRules":{"status":{"matchers":[{"match":"statusCode","status":"success"}]}}}}`))
	es, _, err := pact.Import(doc, pact.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	hand := &expectations.Expectation{
		ID: `by "hand" <&> ` + "\u2028é\x01", Origin: expectations.OriginUser,
		Request: &expectations.RequestMatcher{Path: expectations.Text{Value: "/hand/[0-9]+"}},
		Action:  &expectations.Respond{Answers: []*expectations.Answer{answer(200, "text", "Content-Type: text/plain")}},
	}
	all := append(es, hand)
	for i, body := range []string{
		`{}`, `[]`, `""`, `{"a":{},"b":[],"c":"<>&\u2028\"\\\u0001\ud800","d":1.50e+2,"e":null,"":[[],{}],"d":2}`, "not JSON \x00\xff", `null`,
		strings.Repeat("[", 500) + strings.Repeat("]", 500), `{"description":""}`, ``,
	} {
		for n := range 2 {
			r := recorded{
				id: fmt.Sprintf("6f0de5a5-9e5e-4e06-8a8f-%012x", 2*i+n), method: "GET", target: fmt.Sprintf("/recorded?n=%d", n),
				answers: []*expectations.Answer{answer(200, body, "Content-Type: application/json")},
			}
			if i%3 == 1 {
				r.redactions = []expectations.Redaction{{Message: "request", In: "header", Name: "Authorization", Class: "bearer"}}
			}
			all = append(all, r.expectation())
		}
	}
	for _, spec := range []pact.Version{0, pact.V2, pact.V3, pact.V4} {
		for _, some := range [][]*expectations.Expectation{all, all[1:], all[2:], all[:1], nil} {
			export(t, pact.ExportOptions{Spec: spec, Consumer: "web", ToolVersion: "1"}, some...) // which compares
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := pact.ExportWriting(ctx, sequence(all...), pact.ExportOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// A heapMeter counts what is written and takes the largest heap meanwhile.
type heapMeter struct {
	written, every int
	highest        uint64
}

func (h *heapMeter) Write(p []byte) (int, error) {
	if (h.written+len(p))/h.every > h.written/h.every {
		h.measure()
	}
	h.written += len(p)
	return len(p), nil
}

func (h *heapMeter) measure() {
	runtime.GC()
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	h.highest = max(h.highest, now.HeapAlloc)
}

// TestWritingIsSmall: while a contract is written, less memory is held than its
// text has; its document takes many times that. It measures the heap, so it
// runs alone.
func TestWritingIsSmall(t *testing.T) {
	es := recordings(2000)
	meter := &heapMeter{every: 1 << 20}
	meter.measure()
	before := meter.highest
	writing, _, err := pact.ExportWriting(t.Context(), sequence(es...), pact.ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	meter.measure()
	if _, err := writing.WriteTo(meter); err != nil {
		t.Fatal(err)
	}
	held := int(meter.highest - before)
	t.Logf("%d KiB of text, %d KiB held", meter.written>>10, held>>10)
	if meter.written < 4<<20 || held > meter.written*3/4 {
		t.Errorf("%d bytes held for a contract of %d", held, meter.written)
	}
	runtime.KeepAlive(es)
}
