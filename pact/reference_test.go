package pact_test

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
)

var update = flag.Bool("update", false, "rewrite golden files")

// A refCase is a message and what a contract says of it. The verdicts of the
// reference implementation are recorded in testdata/reference.txt.
type refCase struct {
	name string
	// request is the direction.
	request bool
	// version is the specification it is written in; 0 is 3.
	version int
	// want is the JSON of the request or response of the contract. Method,
	// path and status are filled in where missing.
	want string
	// got is the message.
	got gotMessage
}

type gotMessage struct {
	status  int
	target  string
	headers [][2]string
	body    string
}

// document is a contract with one interaction, told from others by a header.
func (c refCase) interaction(i int) string {
	id := strconv.Itoa(i)
	if c.request {
		want := withMember(c.want, "method", `"POST"`)
		want = withMember(want, "path", `"/case"`)
		want = withHeader(want, "X-Case", id)
		return fmt.Sprintf(`{"description":%q,"request":%s,"response":{"status":200}}`, c.name, want)
	}
	return fmt.Sprintf(`{"description":%q,"request":{"method":"GET","path":"/case","headers":{"X-Case":%q}},"response":%s}`,
		c.name, id, withMember(c.want, "status", "200"))
}

func withMember(object, name, value string) string {
	if strings.Contains(object, `"`+name+`":`) {
		return object
	}
	if strings.TrimSpace(object) == "{}" {
		return fmt.Sprintf(`{%q:%s}`, name, value)
	}
	return fmt.Sprintf(`{%q:%s,%s`, name, value, strings.TrimPrefix(object, "{"))
}

func withHeader(object, name, value string) string {
	if strings.Contains(object, `"headers":{`) {
		return strings.Replace(object, `"headers":{`, fmt.Sprintf(`"headers":{%q:%q,`, name, value), 1)
	}
	return withMember(object, "headers", fmt.Sprintf(`{%q:%q}`, name, value))
}

func document(version int, interactions ...string) []byte {
	spec := map[int]string{0: "3.0.0", 2: "2.0.0", 3: "3.0.0", 4: "4.0"}[version]
	if version == 4 {
		for i, it := range interactions {
			interactions[i] = `{"type":"Synchronous/HTTP",` + strings.TrimPrefix(it, "{")
		}
	}
	return fmt.Appendf(nil, `{"consumer":{"name":"c"},"provider":{"name":"p"},"interactions":[%s],`+
		`"metadata":{"pactSpecification":{"version":%q}}}`, strings.Join(interactions, ",\n"), spec)
}

// verdict is ours.
func (c refCase) verdict(t *testing.T) (ok bool, why string) {
	t.Helper()
	doc, err := pact.Parse(document(c.version, c.interaction(0)))
	if err != nil {
		return false, err.Error()
	}
	return c.judge(t, doc)
}

// judge is the verdict on the message by a document.
func (c refCase) judge(t *testing.T, doc *pact.Document) (ok bool, why string) {
	t.Helper()
	header := make(http.Header)
	for _, h := range c.got.headers {
		header.Add(h[0], h[1])
	}
	body := expectations.Body{Bytes: []byte(c.got.body)}
	it := doc.Interactions[0]
	var found []pact.Mismatch
	if c.request {
		header.Set("X-Case", "0")
		path, query, _ := strings.Cut(c.got.target, "?")
		if path == "" {
			path = "/case"
		}
		found = pact.CompileRequest(it.Request).Match(&expectations.Request{
			Method: "POST", Path: path, RawQuery: query, Header: header, Body: body,
		})
	} else {
		status := c.got.status
		if status == 0 {
			status = 200
		}
		found = pact.CompileResponse(it.Response).Match(&expectations.Response{Status: status, Header: header, Body: body})
	}
	var b strings.Builder
	for _, m := range found {
		fmt.Fprintf(&b, "%s: %s; ", m.Place(), m.Message)
	}
	return len(found) == 0, b.String()
}

// TestReference compares our verdicts with those of the reference that are
// recorded, and with those it gives now where it is installed.
func TestReference(t *testing.T) {
	t.Parallel()
	cases := refCases()
	recorded, known := readRecorded(t), differences(t)
	names := make(map[string]bool)
	agreed := 0
	for _, c := range cases {
		if names[c.name] {
			t.Fatalf("two cases are called %q", c.name)
		}
		names[c.name] = true
		want, ok := recorded[c.name]
		if !ok {
			if !*update {
				t.Errorf("%s: no verdict is recorded: run with -update where the official tools are installed", c.name)
			}
			continue
		}
		got, why := c.verdict(t)
		if reason, listed := known[c.name]; listed {
			if got == want {
				t.Errorf("%s: listed as a difference (%s) but it is none", c.name, reason)
			}
			continue
		}
		if got == want {
			agreed++
		} else {
			t.Errorf("%s: our verdict is %v, the reference's %v\n want %s\n got  %+v\n %s", c.name, got, want, c.want, c.got, why)
		}
	}
	for name := range recorded {
		if !names[name] && !*update {
			t.Errorf("%s: a verdict is recorded but there is no such case", name)
		}
	}
	for name := range known {
		if !names[name] {
			t.Errorf("%s: listed as a difference but there is no such case", name)
		}
	}
	if len(known)*100 > len(cases) {
		t.Errorf("%d of %d cases are listed as differences: more than one in a hundred", len(known), len(cases))
	}
	t.Logf("our verdict is the reference's in %d of %d cases; %d are listed as differences", agreed, len(cases), len(known))
}

func recordedFile() string { return filepath.Join("testdata", "reference.txt") }

func readRecorded(t *testing.T) map[string]bool {
	t.Helper()
	data, err := os.ReadFile(recordedFile())
	if err != nil {
		if *update {
			return nil
		}
		t.Fatal(err)
	}
	out := make(map[string]bool)
	for line := range strings.Lines(string(data)) {
		verdict, name, ok := strings.Cut(strings.TrimRight(line, "\n"), " ")
		if ok && verdict != "#" {
			out[name] = verdict == "yes"
		}
	}
	return out
}

// TestReferenceLive asks the official tools for their verdicts and compares
// them with the recorded ones; -update records them.
func TestReferenceLive(t *testing.T) {
	cases := refCases()
	if !*update && os.Getenv("PACTAPE_E2E") != "require" {
		cases = sample(cases, 8)
	}
	live := &liveVerdicts{of: make(map[string]bool)}
	t.Run("ask", func(t *testing.T) {
		for _, version := range []int{0, 2, 3, 4} {
			of := func(request bool) []refCase {
				return slices.DeleteFunc(slices.Clone(cases), func(c refCase) bool { return c.version != version || c.request != request })
			}
			t.Run(fmt.Sprintf("verifier v%d", version), func(t *testing.T) {
				t.Parallel()
				askVerifier(t, version, of(false), live)
			})
			t.Run(fmt.Sprintf("mock server v%d", version), func(t *testing.T) {
				t.Parallel()
				askMockServer(t, version, of(true), live)
			})
		}
	})
	if t.Failed() || t.Skipped() || len(live.of) == 0 { // skipped below: there are no tools
		return
	}
	if *update {
		writeRecorded(t, cases, live.of)
		return
	}
	recorded := readRecorded(t)
	for _, c := range cases {
		if live.of[c.name] != recorded[c.name] {
			t.Errorf("%s: the reference says %v, recorded is %v", c.name, live.of[c.name], recorded[c.name])
		}
	}
	t.Logf("asked the reference for %d verdicts", len(live.of))
}

// liveVerdicts are the reference's verdicts by the names of the cases.
type liveVerdicts struct {
	mu sync.Mutex
	of map[string]bool
}

func (l *liveVerdicts) add(name string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of[name] = ok
}

// sample is every n-th case: enough to see that the tools still say what is
// recorded, in a few seconds. Where PACTAPE_E2E is "require" all are asked.
func sample(cases []refCase, n int) []refCase {
	var some []refCase
	for i := 0; i < len(cases); i += n {
		some = append(some, cases[i])
	}
	return some
}

func writeRecorded(t *testing.T, cases []refCase, live map[string]bool) {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("# Verdicts of the reference implementation; written by go test -run TestReferenceLive -update.\n")
	for _, c := range cases {
		verdict := "no"
		if live[c.name] {
			verdict = "yes"
		}
		fmt.Fprintf(&b, "%s %s\n", verdict, c.name)
	}
	if err := os.WriteFile(recordedFile(), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The official tools take longer for each interaction the more there are in a
// contract; the mock server compares a request with all of them.
const (
	verifierBatch   = 150
	mockServerBatch = 3
)

// askVerifier has the native verifier judge responses.
func askVerifier(t *testing.T, version int, cases []refCase, live *liveVerdicts) {
	t.Helper()
	for batch := range slices.Chunk(cases, verifierBatch) {
		provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			i, err := strconv.Atoi(r.Header.Get("X-Case"))
			if err != nil || i >= len(batch) {
				http.NotFound(w, r)
				return
			}
			got := batch[i].got
			w.Header()["Content-Type"] = nil
			w.Header()["Date"] = nil
			for _, h := range got.headers {
				w.Header().Add(h[0], h[1])
			}
			if got.status != 0 {
				w.WriteHeader(got.status)
			}
			// A failure to write shows as a verdict.
			_, _ = w.Write([]byte(got.body))
		}))
		var interactions []string
		for i, c := range batch {
			interactions = append(interactions, c.interaction(i))
		}
		verdicts := nativeVerify(t, document(version, interactions...), provider.URL).verdicts()
		provider.Close()
		for _, c := range batch {
			ok, found := verdicts[c.name]
			if !found {
				t.Errorf("%s: the verifier gave no verdict", c.name)
			}
			live.add(c.name, ok)
		}
	}
}

// askMockServer has the official mock server judge requests.
func askMockServer(t *testing.T, version int, cases []refCase, live *liveVerdicts) {
	t.Helper()
	if len(cases) == 0 {
		return
	}
	master := startMockServers(t)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	for batch := range slices.Chunk(cases, mockServerBatch) {
		var interactions []string
		for i, c := range batch {
			interactions = append(interactions, c.interaction(i))
		}
		addr := mockServer(t, master, document(version, interactions...))
		for i, c := range batch {
			target := c.got.target
			if path, query, found := strings.Cut(target, "?"); path == "" {
				target = "/case"
				if found {
					target += "?" + query
				}
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addr+target, strings.NewReader(c.got.body))
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range c.got.headers {
				req.Header.Add(h[0], h[1])
			}
			req.Header.Set("X-Case", strconv.Itoa(i))
			resp, err := transport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			live.add(c.name, resp.StatusCode == http.StatusOK)
		}
	}
}
