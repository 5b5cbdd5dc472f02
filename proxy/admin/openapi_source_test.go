package admin_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSpecSources reads descriptions from where they are, and refuses what
// leads elsewhere.
func TestSpecSources(t *testing.T) {
	t.Parallel()
	const head = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n"
	spec := func(ref string) string {
		return head + "paths: {/a: {get: {responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '" + ref + "'}}}}}}}}\n"
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("type: integer")) // must not be asked for
		t.Error("another origin was asked")
	}))
	t.Cleanup(other.Close)
	site := http.NewServeMux()
	for path, text := range map[string]string{
		"/spec.yaml": spec("part.yaml"), "/part.yaml": "type: integer", "/away.yaml": spec(other.URL + "/part.yaml"),
		"/page": "<html>", "/large.yaml": head + "x: '" + strings.Repeat("a", 16<<20) + "'",
	} {
		site.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }) // the client may be gone
	}
	site.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/spec.yaml", http.StatusFound) })
	site.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	web := httptest.NewServer(site)
	t.Cleanup(web.Close)

	dir := t.TempDir()
	files := map[string]string{
		"specs/good.yaml": spec("parts/part.yaml"), "specs/parts/part.yaml": "type: integer", "specs/up.yaml": spec("../secret.yaml"),
		"specs/web.yaml": spec(web.URL + "/part.yaml"), "specs/link.yaml": spec("linked.yaml"), "secret.yaml": "type: integer", "specs/key.yml": "-----BEGIN KEY-----",
	}
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	links := os.Symlink(filepath.Join(dir, "secret.yaml"), filepath.Join(dir, "specs", "linked.yaml")) == nil
	slashed := filepath.ToSlash(dir)
	tests := map[string]struct {
		spec string
		// want is in the 400, "" for 201.
		want string
	}{
		"URL":                     {web.URL + "/spec.yaml", ""},
		"URL that moved":          {web.URL + "/moved", ""},
		"URL that moves for ever": {web.URL + "/round", "more than 5 redirects"},
		"URL of nothing":          {web.URL + "/none.json", "answers 404 Not Found"},
		"URL of a page":           {web.URL + "/page", "string found"},
		"URL of something large":  {web.URL + "/large.yaml", "larger than 16777216 bytes"},
		"URL that leads away":     {web.URL + "/away.yaml", "is not at http://"},
		"link-local URL":          {"http://169.254.169.254/latest/spec.json", "link-local address 169.254.169.254 is not called"},
		"file":                    {slashed + "/specs/good.yaml", ""},
		"file as a URL":           {"file://" + slashed + "/specs/good.yaml", ""},
		"file on another machine": {"file://example.com/spec.yaml", "file:///path"},
		"file that leads up":      {slashed + "/specs/up.yaml", "not below the directory"},
		"file that leads away":    {slashed + "/specs/web.yaml", "a file may refer to files alone"},
		"file that is not there":  {slashed + "/specs.yaml", "cannot be opened"},
		"file of something else":  {slashed + "/specs/key.yml", "Unable to load API spec"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			body, err := json.Marshal(map[string]string{"specUrlOrPayload": tc.spec})
			if err != nil {
				t.Fatal(err)
			}
			got := r.call(http.MethodPut, "/mockserver/openapi", string(body))
			if tc.want == "" && got.status != http.StatusCreated || tc.want != "" && got.status != http.StatusBadRequest || !strings.Contains(got.body, tc.want) {
				t.Errorf("got %d %s, want %q", got.status, got.body, tc.want)
			}
			if strings.Contains(got.body, "BEGIN KEY") {
				t.Errorf("the answer quotes the file: %s", got.body)
			}
		})
	}
	t.Run("link out of the directory", func(t *testing.T) {
		t.Parallel()
		if !links {
			t.Skip("no symbolic links here")
		}
		got := start(t).call(http.MethodPut, "/mockserver/openapi", `{"specUrlOrPayload":"`+slashed+`/specs/link.yaml"}`)
		if got.status != http.StatusBadRequest || !strings.Contains(got.body, "cannot be opened") {
			t.Errorf("got %d %s", got.status, got.body)
		}
	})
}
