package pact_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// TestNativeStubAnswers: what an imported interaction answers to its own
// example is what the official mock server answers, where nothing is random.
func TestNativeStubAnswers(t *testing.T) {
	t.Parallel()
	master := startMockServers(t)
	files, err := filepath.Glob(filepath.Join("testdata", "import", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d contracts, %v", len(files), err)
	}
	compared := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := pact.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		space, _ := importPact(t, string(data))
		addr := mockServer(t, master, data)
		for _, it := range doc.Interactions {
			req := pact.BuildRequest(it)
			if it.Description == "generated" || req.Path == "*" {
				continue // random; no client sends it
			}
			compared++
			want := native(t, addr, req)
			ours := ask(t, space, req)
			if ours == nil || want.status == http.StatusInternalServerError {
				if ours != nil || want.status != http.StatusInternalServerError { // which is its word for no match
					t.Errorf("%s: %s: the official mock server answers %d, we %v", file, it.Description, want.status, ours)
				}
				continue
			}
			var content []byte
			if ours.Body != nil {
				content = ours.Body.Bytes
			}
			if ours.Status != want.status || !sameBytes(content, want.body) {
				t.Errorf("%s: %s: answered %d %q, by the official mock server %d %q", file, it.Description, ours.Status, content, want.status, want.body)
			}
			for name, values := range ours.Header {
				if got := want.header.Values(name); len(got) == 0 || got[0] != values[0] {
					t.Errorf("%s: %s: header %s is %q, by the official mock server %q", file, it.Description, name, values, got)
				}
			}
		}
	}
	if compared < 10 {
		t.Errorf("compared %d", compared)
	}
}

// sameBytes compares JSON by its content.
func sameBytes(a, b []byte) bool {
	x, errX := jsondoc.Parse(a)
	y, errY := jsondoc.Parse(b)
	if errX == nil && errY == nil {
		return jsondoc.EqualNumeric(x, y)
	}
	return bytes.Equal(a, b)
}

// nativeAnswer is what a mock server answered.
type nativeAnswer struct {
	status int
	header http.Header
	body   []byte
}

// native sends a request to a mock server.
func native(t *testing.T, addr string, r *expectations.Request) nativeAnswer {
	t.Helper()
	target := "http://" + addr + r.Path
	if r.RawQuery != "" {
		target += "?" + r.RawQuery
	}
	req, err := http.NewRequestWithContext(t.Context(), r.Method, target, bytes.NewReader(r.Body.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = r.Header.Clone()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return nativeAnswer{resp.StatusCode, resp.Header, body}
}
