package admin_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/proxy/admin"
)

// badBody is larger than the servers of these tests take.
const badBody = 64 << 10

// badInputs are bodies that no call expects, and one that most take, under
// types that it does not have.
var badInputs = []struct{ name, query, contentType, body string }{
	{"no body", "", "", ""},
	{"an empty text", "", "application/json", `""`},
	{"null", "", "application/json", "null"},
	{"a number", "", "application/json", "7"},
	{"a text", "", "application/json", `"text"`},
	{"an array of a number", "", "application/json", "[1]"},
	{"an empty array", "", "application/json", "[]"},
	{"an empty object", "", "application/json", "{}"},
	{"an empty object called XML", "", "text/xml", "{}"},
	{"an empty object called nothing known", "", "application/x-nothing; a=\"", "{}"},
	{"an unknown field", "", "application/json", `{"unknownField": 1}`},
	{"fields of wrong types", "", "application/json", `{"httpRequest": 1, "httpResponse": [], "ports": {}, "log": 1, "path": [[]], "state": 1, "newState": {}, "logLevel": 1, "interactions": 1, "httpRequests": 1}`},
	{"not JSON", "", "application/json", "<x/>"},
	{"JSON cut off", "", "application/json", `{"id": "a", "httpRequest": {`},
	{"two documents", "", "application/json", `{} {}`},
	{"bytes", "", "application/octet-stream", "\xff\x00\xfe"},
	{"deeply nested", "", "application/json", strings.Repeat(`{"a":[`, 3000)},
	{"too large", "", "application/json", `{"id": "` + strings.Repeat("a", badBody) + `"}`},
	{"a malformed query", "?type=%zz", "", "{}"},
	{"an invalid session", "?session=../x", "", "{}"},
}

// TestBadInputs makes every call there is with every bad input, and by every
// wrong method, and compares what it is told with testdata/bad. What is
// refused has changed nothing. A call that is new needs a file: -update makes
// it, for you to read.
func TestBadInputs(t *testing.T) {
	t.Parallel()
	all, _ := admin.Routes()
	for _, route := range all {
		t.Run(route, func(t *testing.T) {
			t.Parallel()
			method, path, _ := strings.Cut(route, " ")
			path = strings.ReplaceAll(path, "{name}", "some")
			r := start(t, func(o *admin.Options) { o.MaxBody = badBody })
			var told strings.Builder
			for _, in := range badInputs {
				fmt.Fprintf(&told, "%s: %s\n", in.name, r.refused(method, path+in.query, in.body, in.contentType))
			}
			for _, wrong := range wrongMethods(all, path) {
				fmt.Fprintf(&told, "by %s: %s\n", wrong, r.refused(wrong, path, "{}", "application/json"))
			}
			golden(t, filepath.Join("testdata", "bad", strings.NewReplacer(" /mockserver/", "_", "/", "_", "{", "", "}", "").Replace(route)+".txt"), told.String())
		})
	}
}

// wrongMethods are those by which no call of the path is made.
func wrongMethods(all []string, path string) []string {
	return slices.DeleteFunc([]string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"}, func(method string) bool {
		return slices.ContainsFunc(all, func(route string) bool {
			return strings.ReplaceAll(route, "{name}", "some") == method+" "+path
		})
	})
}

// refused makes a call and returns its status and the first words of the
// answer; it wants a call that is refused to change nothing.
func (r *rig) refused(method, target, body, contentType string) string {
	r.t.Helper()
	space := r.space("")
	if _, err := space.Put(&expectations.Expectation{ID: "kept", Action: &expectations.Respond{Answers: []*expectations.Answer{{}}}}); err != nil {
		r.t.Fatal(err)
	}
	space.Log.Add(expectations.Entry{Time: r.clock, Request: &expectations.Request{Method: "GET", Path: "/"}})
	before := r.state()
	var headers []string
	if contentType != "" {
		headers = []string{"Content-Type", contentType}
	}
	got := r.call(method, target, body, headers...)
	if got.status >= 400 {
		if d := cmp.Diff(before, r.state()); d != "" {
			r.t.Errorf("%s %s was refused and changed the state:\n%s", method, target, d)
		}
	}
	if got.status >= 500 && got.status != http.StatusNotImplemented {
		r.t.Errorf("%s %s with %.40q: %d %s", method, target, body, got.status, got.body)
	}
	text := strings.ReplaceAll((&uuids{}).replace(got.body), "\n", " ")
	// What a schema allows is told in the transcripts.
	text, _, _ = strings.Cut(text, "  schema validation errors:")
	if len(text) > 160 {
		text = strings.ToValidUTF8(text[:160], "") + "..."
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", got.status, text))
}

// state is what a call could change: expectations, the log, the mode.
func (r *rig) state() []string {
	space := r.space("")
	state := []string{string(space.Mode()), fmt.Sprint(space.Log.Len())}
	for _, e := range space.Set.All() {
		state = append(state, e.ID)
	}
	return state
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	want, err := os.ReadFile(file)
	if *update && string(want) != got {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err != nil {
		t.Fatalf("%v (-update writes it)", err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("(-want +got; -update accepts it)\n%s", d)
	}
}
