package infer_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/infer"
)

// xmlBreakages break the statement of the forms corpus: what an expression
// finds is replaced.
func xmlBreakages() []struct{ name, find, put string } {
	return []struct{ name, find, put string }{
		{"element renamed", `s:owner`, `s:holder`},
		{"element of an item renamed", `s:booked`, `s:day`},
		{"element lost", `<s:owner.*?</s:owner>`, ``},
		{"element of an item lost", `<s:count>.*?</s:count>`, ``},
		{"attribute lost", ` ref="[^"]*"`, ``},
		{"attribute of an item lost", ` m:currency="[^"]*"`, ``},
		{"list becomes empty", `(?s)<s:entry .*</s:entry>`, ``},
		{"UUID to integer", ` ref="[^"]*"`, ` ref="4711"`},
		{"time to epoch", ` created="[^"]*"`, ` created="1700000000"`},
		{"date to text", `<s:booked>[^<]*`, `<s:booked>soon`},
		{"integer to decimal", `(<s:count>\d+)`, `${1}.5`},
		{"other namespace", `urn:pay`, `urn:pay2`},
		{"no XML", `</s:statement>`, ``},
		{"root renamed", `s:statement`, `s:report`},
	}
}

// TestXML holds a contract of XML against other data, and against providers
// that break it one way at a time, by our engine and by the official one.
func TestXML(t *testing.T) {
	t.Parallel()
	c := formsCorpus()
	doc, _ := inferred(t, c.record(t, 1), infer.Options{Consumer: "web", Provider: c.name})
	doc.Interactions = slices.DeleteFunc(doc.Interactions, func(it *pact.Interaction) bool { return !strings.Contains(it.Description, "/statements/") })
	if len(doc.Interactions) != 1 {
		t.Fatalf("%d interactions", len(doc.Interactions))
	}
	check := func(name string, change func(*http.Request, *httptest.ResponseRecorder), fails bool) {
		t.Helper()
		if failed := verify(t, reparsed(t, doc), served(c.start(7), change)); len(failed) > 0 != fails {
			t.Errorf("%s: %v", name, failed)
		}
	}
	changes := func(b struct{ name, find, put string }) func(*http.Request, *httptest.ResponseRecorder) {
		return func(r *http.Request, w *httptest.ResponseRecorder) {
			before := w.Body.String()
			after := regexp.MustCompile(b.find).ReplaceAllString(before, b.put)
			if after == before {
				t.Errorf("%s: broke nothing", b.name)
			}
			w.Body.Reset()
			_, _ = w.Body.WriteString(after)
		}
	}
	check("another run", nil, false)
	for _, b := range xmlBreakages() {
		check(b.name, changes(b), true)
	}
	t.Run("official", func(t *testing.T) {
		t.Parallel()
		for _, b := range append(xmlBreakages(), struct{ name, find, put string }{}) {
			var change func(*http.Request, *httptest.ResponseRecorder)
			if b.name != "" {
				change = changes(b)
			}
			server := httptest.NewServer(served(c.start(7), change))
			if failed := nativeFailures(t, doc, server.URL); len(failed) > 0 != (b.name != "") {
				t.Errorf("%q: %v", b.name, failed)
			}
			server.Close()
		}
	})
}

// TestXMLShapes pins what is inferred of documents that Pact has no words for:
// a request is compared as a whole, of an answer the rest is asserted.
func TestXMLShapes(t *testing.T) {
	t.Parallel()
	answer := func(bodies ...string) []infer.Sample {
		var samples []infer.Sample
		for _, body := range bodies {
			s := sample("/x", body)
			s.Response.Header = http.Header{"Content-Type": {"application/xml"}}
			samples = append(samples, s)
		}
		return samples
	}
	for _, tc := range []struct {
		name    string
		samples []infer.Sample
		want    string
	}{
		{"optional parts", answer(`<a x="1"><b>1</b><c/></a>`, `<a y="2"><c/></a>`), `<?xml version="1.0" encoding="UTF-8"?><a><c></c></a>`},
		{"items that differ", answer(`<a><b><c/></b><b><d/></b><e>x</e></a>`), `<?xml version="1.0" encoding="UTF-8"?><a><e>x</e></a>`},
		{"texts between", answer(`<a>x<b/>y</a>`, `<a><b/></a>`), `<?xml version="1.0" encoding="UTF-8"?><a><b></b></a>`},
		{"special characters", answer(`<a x="&lt;&amp;&quot;">&gt;&#10;é</a>`), `<?xml version="1.0" encoding="UTF-8"?><a x="&lt;&amp;&#34;">&gt;&#xA;é</a>`},
		{"namespaces", answer(`<p:a xmlns:p="urn:p"><b xml:lang="en"/></p:a>`), `<?xml version="1.0" encoding="UTF-8"?><a xmlns="urn:p"><b xmlns="" xml:lang="en"></b></a>`},
		{"no document", answer(`<a>`), ``},
	} {
		doc, report := inferred(t, tc.samples, infer.Options{})
		if len(doc.Interactions) != 1 {
			t.Errorf("%s: %d interactions, left out %v", tc.name, len(doc.Interactions), report.LeftOut)
			continue
		}
		if diff := cmp.Diff(tc.want, string(doc.Interactions[0].Response.Body.Bytes)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
		for _, s := range tc.samples {
			if accepting(reparsed(t, doc), s) == 0 {
				t.Errorf("%s: a sample is not accepted", tc.name)
			}
		}
	}
	mixed := answer(`<ok/>`)
	mixed[0].Request.Method, mixed[0].Request.Body = "POST", expectations.Body{Bytes: []byte("<a>x<b/>y</a>")}
	mixed[0].Request.Header = http.Header{"Content-Type": {"application/xml"}}
	doc, _ := inferred(t, mixed, infer.Options{})
	if len(doc.Interactions) != 1 || string(doc.Interactions[0].Request.Body.Bytes) != "<a>x<b/>y</a>" {
		t.Errorf("a request of mixed content: %s", doc.Append(nil))
	}
}
