package infer_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/infer"
)

// pictured is the beginning of a PNG with data of its own.
func pictured(data string) string { return "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + data }

// magics are bodies of all types that are asserted.
func magics() map[string]string {
	return map[string]string{
		"image/png":        pictured("\x00\xff"),
		"image/jpeg":       "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01",
		"image/gif":        "GIF89a\x01\x00\x01\x00\x80\x00\x00\xff",
		"image/webp":       "RIFF\x24\x00\x00\x00WEBPVP8 \x18\x00\x00\x00\xff",
		"image/bmp":        "BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\xff",
		"image/tiff":       "II*\x00\x08\x00\x00\x00\xff\x00",
		"application/pdf":  "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
		"application/zip":  "PK\x03\x04\x14\x00\x00\x00\x08\x00\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00a",
		"application/gzip": "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff",
	}
}

// upload is a file that is sent, and one that answers it.
func upload(path, contentType, sent, got string) infer.Sample {
	header := http.Header{"Content-Type": {contentType}}
	return infer.Sample{
		Request: &expectations.Request{
			Method: http.MethodPost, Path: path, Header: header, Body: expectations.Body{Bytes: []byte(sent)},
		},
		Response: &expectations.Response{Status: 200, Header: header, Body: expectations.Body{Bytes: []byte(got)}},
	}
}

func exported(t *testing.T, samples []infer.Sample, spec pact.Version) (*pact.Document, []pact.Skipped, *infer.Report) {
	t.Helper()
	doc, skipped, report, err := infer.Export(t.Context(), infer.Source{Samples: seq(samples)},
		pact.ExportOptions{Spec: spec, Consumer: "web", Provider: "files"}, infer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return doc, skipped, report
}

func TestBinaryBodies(t *testing.T) {
	t.Parallel()
	large := pictured(strings.Repeat("\xff", int(infer.DefaultMaxBody)))
	tests := map[string]struct {
		spec         pact.Version
		contentType  string
		bodies       []string
		rule, reason string
	}{
		"png, parameters": {pact.V4, "image/png; q=1", []string{pictured("\xff")}, "image/png", ""},
		"several":         {pact.V4, "image/png", []string{pictured("\xff"), pictured("\xfe")}, "image/png", ""},
		"one is a pdf": {
			pact.V4, "image/png",
			[]string{pictured("\xff"), magics()["application/pdf"]},
			"",
			"a binary body (image/png) is not written into a contract: the bytes do not show to be of that type",
		},
		"no magic": {
			pact.V4, "application/octet-stream",
			[]string{"\x01\xff\x00"},
			"",
			"a binary body (application/octet-stream) is not written into a contract: the bytes do not show to be of that type",
		},
		"unlike declared": {
			pact.V4, "application/octet-stream",
			[]string{pictured("\xff")},
			"",
			"a binary body (application/octet-stream) is not written into a contract: the bytes do not show to be of that type",
		},
		"large": {pact.V4, "image/png", []string{large}, "", "a large body (image/png) is not written into a contract"},
		"v3": {
			pact.V3, "image/png",
			[]string{pictured("\xff")},
			"",
			"a binary body (image/png) is not written into a contract before Pact 4.0",
		},
		"v2": {
			pact.V2, "image/png",
			[]string{pictured("\xff")},
			"",
			"a binary body (image/png) is not written into a contract before Pact 4.0",
		},
	}
	for mediaType, body := range magics() {
		test := tests["several"]
		test.contentType, test.bodies, test.rule = mediaType, []string{body}, mediaType
		tests[mediaType] = test
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var samples []infer.Sample
			for _, body := range test.bodies {
				samples = append(samples, upload("/files", test.contentType, body, body))
			}
			doc, _, report := exported(t, samples, test.spec)
			if len(doc.Interactions) != 1 {
				t.Fatalf("%d interactions, want 1", len(doc.Interactions))
			}
			it, said := doc.Interactions[0], report.Interactions[0]
			var want []string
			body := pact.Body{}
			if test.rule != "" {
				want = []string{`$ {"contentType","value":"` + test.rule + `"}`}
				body = pact.Body{Kind: pact.BodyBinary, Bytes: []byte(test.bodies[0])}
			}
			for side, got := range map[string]struct {
				rules pact.Rules
				body  pact.Body
				types pact.Fields
			}{
				"request":  {it.Request.Rules, it.Request.Body, it.Request.Headers},
				"response": {it.Response.Rules, it.Response.Body, it.Response.Headers},
			} {
				if diff := cmp.Diff(want, rules(got.rules, pact.CategoryBody)); diff != "" {
					t.Errorf("%s rules (-want +got):\n%s", side, diff)
				}
				if got.body.Kind != body.Kind || !bytes.Equal(got.body.Bytes, body.Bytes) {
					t.Errorf("%s body %v, want %v", side, got.body, body)
				}
				if len(got.types) != 1 || got.types[0].Name != "Content-Type" {
					t.Errorf("%s headers %v, want Content-Type", side, got.types)
				}
				evidence := infer.Evidence{Place: side + " body", Reason: test.reason}
				if test.reason != "" && !slices.Contains(said.NotAsserted, evidence) {
					t.Errorf("not asserted %v, want %v", said.NotAsserted, evidence)
				}
			}
			if asserted := test.rule != ""; asserted && (said.Asserted != 2 || said.Total != 2) || !asserted && said.Asserted != 0 {
				t.Errorf("asserted %d of %d", said.Asserted, said.Total)
			}
		})
	}
}

// TestBinaryWritten has both files in the contract as Pact V4 has them; further
// samples change no byte of it.
func TestBinaryWritten(t *testing.T) {
	t.Parallel()
	a := upload("/files", "image/png", pictured("\xff"), pictured("\xfe"))
	b := upload("/files", "image/png", pictured("\xff2"), pictured("\xfe2"))
	doc, skipped, _ := exported(t, []infer.Sample{a, b}, pact.V4)
	text := string(doc.Append(nil))
	if len(skipped) > 0 {
		t.Errorf("skipped %v", skipped)
	}
	for _, want := range []string{`"encoded": "base64"`, `"contentType": "image/png"`, `"match": "contentType"`} {
		if strings.Count(text, want) != 2 {
			t.Errorf("%d times %s, want 2:\n%s", strings.Count(text, want), want, text)
		}
	}
	for _, samples := range [][]infer.Sample{{a}, {a, b, b}} {
		again, _, _ := exported(t, samples, pact.V4)
		if diff := cmp.Diff(text, string(again.Append(nil))); diff != "" {
			t.Errorf("other samples (-want +got):\n%s", diff)
		}
	}
}

// TestImagesOfPages has images left out that a page gets, and only those.
func TestImagesOfPages(t *testing.T) {
	t.Parallel()
	got, posted := upload("/logo", "image/png", "", pictured("\xff")), upload("/qr", "image/png", "", pictured("\xff"))
	got.Request.Method = http.MethodGet
	doc, _, report := exported(t, []infer.Sample{got, posted}, pact.V4)
	if len(doc.Interactions) != 1 || doc.Interactions[0].Request.Path != "/qr" {
		t.Errorf("interactions %v, want that of /qr", doc.Interactions)
	}
	if diff := cmp.Diff([]infer.Count{{Reason: "asset of a web page", Samples: 1}}, report.LeftOut); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
}

// filesFrom answers every path with a body of its type.
func filesFrom(bodies map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mediaType := strings.TrimPrefix(r.URL.Path, "/files/")
		w.Header().Set("Content-Type", mediaType)
		_, _ = w.Write([]byte(bodies[mediaType])) // shows as a mismatch
	})
}

// TestNativeBinary has the official native verifier and ours judge files that
// are other ones of their types, and texts that claim to be.
func TestNativeBinary(t *testing.T) {
	t.Parallel()
	var samples []infer.Sample
	other, texts := make(map[string]string), make(map[string]string)
	for mediaType, body := range magics() {
		samples = append(samples, upload("/files/"+mediaType, mediaType, body, body))
		other[mediaType], texts[mediaType] = body+" and more \xff\x00", "just a text"
	}
	doc, _, _ := exported(t, samples, pact.V4)
	swapped := make(map[string]string)
	for mediaType := range other {
		swapped[mediaType] = other["image/png"]
	}
	swapped["image/png"] = other["application/pdf"]
	for name, test := range map[string]struct {
		bodies map[string]string
		fail   int
	}{"others": {other, 0}, "texts": {texts, len(texts)}, "swapped": {swapped, len(texts)}} {
		if failed := verify(t, doc, filesFrom(test.bodies)); len(failed) != test.fail {
			t.Errorf("%s: our verifier refuses %d of %d: %v", name, len(failed), test.fail, failed)
		}
		server := httptest.NewServer(filesFrom(test.bodies))
		if failed := nativeFailures(t, doc, server.URL); len(failed) != test.fail {
			t.Errorf("%s: the native verifier refuses %d of %d: %v", name, len(failed), test.fail, failed)
		}
		server.Close()
	}
}
