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

// differences are the cases in which we judge otherwise than the reference,
// and why.
var differences = map[string]string{
	`v4 response contentType "1.0.0" [1]`:      "the reference sees no text in [1], though it does in [] and [1,2]",
	`v4 response contentType json "1.0.0" [1]`: "the reference sees no JSON in [1], though it does in [] and [1,2]",
	"response include -9223372036854775809":    "the reference prints a number beyond 64 bits as -9.22…e18, we take it as it was written",
	`response date "yyyy-DDD" "2024-366"`:      "the reference ends the year after day 356",
	`response date "yyyy-DDD" "2023-365"`:      "the reference ends the year after day 356",
	`response time "HH:mm:ssz" "10:00:00UTC"`:  "the reference's list of time zones lacks UTC; we look none up",
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
	recorded := readRecorded(t)
	names := make(map[string]bool)
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
		if reason, known := differences[c.name]; known {
			if got == want {
				t.Errorf("%s: listed as a difference (%s) but it is none", c.name, reason)
			}
			continue
		}
		if got != want {
			t.Errorf("%s: our verdict is %v, the reference's %v\n want %s\n got  %+v\n %s", c.name, got, want, c.want, c.got, why)
		}
	}
	for name := range recorded {
		if !names[name] && !*update {
			t.Errorf("%s: a verdict is recorded but there is no such case", name)
		}
	}
	t.Logf("%d cases, %d differences", len(cases), len(differences))
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
	live := make(map[string]bool)
	for _, version := range []int{0, 2, 4} {
		var requests, responses []refCase
		for _, c := range cases {
			if c.version != version {
				continue
			}
			if c.request {
				requests = append(requests, c)
			} else {
				responses = append(responses, c)
			}
		}
		askVerifier(t, version, responses, live)
		askMockServer(t, version, requests, live)
	}
	if *update {
		writeRecorded(t, cases, live)
		return
	}
	recorded := readRecorded(t)
	for _, c := range cases {
		if live[c.name] != recorded[c.name] {
			t.Errorf("%s: the reference says %v, recorded is %v", c.name, live[c.name], recorded[c.name])
		}
	}
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

// askVerifier has the native verifier judge responses.
func askVerifier(t *testing.T, version int, cases []refCase, live map[string]bool) {
	t.Helper()
	if len(cases) == 0 {
		return
	}
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i, err := strconv.Atoi(r.Header.Get("X-Case"))
		if err != nil || i >= len(cases) {
			http.NotFound(w, r)
			return
		}
		got := cases[i].got
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
	defer provider.Close()
	var interactions []string
	for i, c := range cases {
		interactions = append(interactions, c.interaction(i))
	}
	verdicts := nativeVerify(t, document(version, interactions...), provider.URL).verdicts()
	for _, c := range cases {
		ok, found := verdicts[c.name]
		if !found {
			t.Errorf("%s: the verifier gave no verdict", c.name)
		}
		live[c.name] = ok
	}
}

// askMockServer has the official mock server judge requests.
func askMockServer(t *testing.T, version int, cases []refCase, live map[string]bool) {
	t.Helper()
	if len(cases) == 0 {
		return
	}
	master := startMockServers(t)
	for chunk := range slices.Chunk(cases, 20) {
		var interactions []string
		for i, c := range chunk {
			interactions = append(interactions, c.interaction(i))
		}
		addr := mockServer(t, master, document(version, interactions...))
		for i, c := range chunk {
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
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			live[c.name] = resp.StatusCode == http.StatusOK
		}
	}
}
