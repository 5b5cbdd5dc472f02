package pact_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
	"github.com/pactape/pactape/pact"
)

// importPact puts the interactions of a contract into a space.
func importPact(t testing.TB, document string) (*expectations.Space, []*expectations.Expectation) {
	t.Helper()
	doc, err := pact.Parse([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	es, _, err := pact.Import(doc, pact.ImportOptions{Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	space := expectations.NewSpace(expectations.SpaceOptions{})
	put, err := space.Put(es...)
	if err != nil {
		t.Fatal(err)
	}
	return space, put
}

func noon() time.Time { return time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC) }

// ask is what the space answers.
func ask(t testing.TB, space *expectations.Space, req *expectations.Request) *expectations.Answer {
	t.Helper()
	hit, ok, err := space.Match(t.Context(), req, expectations.MatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return nil
	}
	return hit.Answer
}

const generated = `{"consumer": {"name": "web"}, "provider": {"name": "users"}, "interactions": [
	{"description": "made up", "request": {"method": "POST", "path": "/made"},
	 "response": {"status": 201,
		"headers": {"Location": "http://localhost:1234/made/7", "X-Day": "2000-01-01", "Content-Type": "application/json"},
		"body": {"id": 1, "state": "kept", "url": "http://localhost:1234/made/7", "at": "2000-01-01"},
		"generators": {
			"header": {"X-Day": {"type": "Date", "format": "yyyy-MM-dd"},
				"Location": {"type": "MockServerURL", "regex": ".*(/made/\\d+)$", "example": "http://localhost:1234/made/7"}},
			"body": {"$.id": {"type": "RandomInt", "min": 1000, "max": 1001},
				"$.state": {"type": "ProviderState", "expression": "${state}"},
				"$.url": {"type": "MockServerURL", "regex": ".*(/made/\\d+)$", "example": "http://localhost:1234/made/7"}}}}}],
	"metadata": {"pactSpecification": {"version": "3.0.0"}}}`

// TestStubGenerates: answers have the generators of a mock server applied, and
// those of a verifier left alone; who only looks sees the example.
func TestStubGenerates(t *testing.T) {
	t.Parallel()
	space, put := importPact(t, generated)
	req := &expectations.Request{Method: "POST", Path: "/made", Host: "users.test:8080", Secure: true, Header: http.Header{}}
	seen := map[string]bool{}
	for range 50 {
		a := ask(t, space, req)
		if a == nil {
			t.Fatal("no answer")
		}
		if got := a.Header.Get("X-Day") + a.Header.Get("Location"); got != "2026-02-03https://users.test:8080/made/7" {
			t.Fatalf("headers %v", a.Header)
		}
		seen[string(a.Body.Bytes)] = true
	}
	want := map[string]bool{}
	for _, id := range []string{"1000", "1001"} {
		want[`{"id":`+id+`,"state":"kept","url":"https://users.test:8080/made/7","at":"2000-01-01"}`] = true
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
	hit, _, err := space.Match(t.Context(), req, expectations.MatchOptions{Peek: true})
	if err != nil || !strings.Contains(string(hit.Answer.Body.Bytes), `"id":1,`) {
		t.Errorf("peeked %s, %v", hit.Answer.Body.Bytes, err)
	}
	if put[0].Origin != expectations.OriginImported {
		t.Errorf("origin %q", put[0].Origin)
	}
}

// TestStubPrintedAndReadBack: what retrieve prints can be put again, and then
// says, matches, answers and exports the same.
func TestStubPrintedAndReadBack(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "import", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d contracts, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, first := importPact(t, string(data))
			printed := printExpectations(t, first)
			again, err := wire.DecodeExpectations([]byte(printed))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := expectations.NewSet(expectations.SetOptions{}).Put(again...); err == nil {
				t.Error("rules that nobody read were put")
			}
			if err := pact.Revive(pact.ImportOptions{Now: noon}, again...); err != nil {
				t.Fatal(err)
			}
			for i, e := range again {
				if produces(t, e) != produces(t, first[i]) {
					t.Errorf("%s: its generators are lost", e.ID)
				}
				e.Created = first[i].Created
			}
			if diff := cmp.Diff(printed, printExpectations(t, again)); diff != "" {
				t.Errorf("printed again (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(exportAll(t, first), exportAll(t, again)); diff != "" {
				t.Errorf("exported (-imported +read back):\n%s", diff)
			}
		})
	}
}

// produces reports whether generators work on the answer of an expectation.
func produces(t *testing.T, e *expectations.Expectation) bool {
	t.Helper()
	respond, ok := e.Action.(*expectations.Respond)
	if !ok {
		t.Fatalf("%s does not respond", e.ID)
	}
	return respond.Answers[0].Producer != nil
}

func printExpectations(t *testing.T, es []*expectations.Expectation) string {
	t.Helper()
	var b strings.Builder
	if err := wire.EncodeExpectations(&b, wire.All(es)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func exportAll(t *testing.T, es []*expectations.Expectation) string {
	t.Helper()
	doc, skipped, err := pact.Export(t.Context(), wire.All(es), pact.ExportOptions{Spec: pact.V4})
	if err != nil || len(skipped) > 0 {
		t.Fatalf("export: %v, %v", skipped, err)
	}
	return string(doc.Append(nil))
}

// TestStubAnswerChanged: a changed answer is given, and exported, as written;
// the rules on requests stay.
func TestStubAnswerChanged(t *testing.T) {
	t.Parallel()
	_, put := importPact(t, generated)
	printed := strings.Replace(printExpectations(t, put), `"statusCode" : 201`, `"statusCode" : 299`, 1)
	again, err := wire.DecodeExpectations([]byte(printed))
	if err != nil {
		t.Fatal(err)
	}
	if err := pact.Revive(pact.ImportOptions{}, again...); err != nil {
		t.Fatal(err)
	}
	space := expectations.NewSpace(expectations.SpaceOptions{})
	if _, err := space.Put(again...); err != nil {
		t.Fatal(err)
	}
	a := ask(t, space, &expectations.Request{Method: "POST", Path: "/made", Header: http.Header{}})
	if a == nil || a.Status != 299 || a.Header.Get("X-Day") != "2000-01-01" {
		t.Errorf("answered %+v", a)
	}
	if got := exportAll(t, again); !strings.Contains(got, `"status": 299`) || strings.Contains(got, "generators") {
		t.Errorf("exported %s", got)
	}
	if ask(t, space, &expectations.Request{Method: "POST", Path: "/made", RawQuery: "x=1", Header: http.Header{}}) != nil {
		t.Error("a parameter that is not agreed was answered")
	}
}

// TestImportIDs are the same each time, and of equal descriptions not.
func TestImportIDs(t *testing.T) {
	t.Parallel()
	document := func(provider string) string {
		return fmt.Sprintf(`{"consumer": {"name": "web"}, "provider": {"name": %q}, "interactions": [
			{"description": "same", "request": {"path": "/a"}, "response": {}},
			{"description": "same", "request": {"path": "/b"}, "response": {}},
			{"description": "same", "providerStates": [{"name": "s"}], "request": {"path": "/c"}, "response": {}}]}`, provider)
	}
	ids := map[string]int{}
	for _, provider := range []string{"users", "users", "orders"} {
		_, put := importPact(t, document(provider))
		for _, e := range put {
			ids[e.ID]++
		}
	}
	twice, once := 0, 0
	for _, n := range ids {
		switch n {
		case 1:
			once++
		case 2:
			twice++
		}
	}
	if twice != 3 || once != 3 {
		t.Errorf("ids %v", ids)
	}
}

// TestMostDemandingAnswers, as the official mock server has it: what is asked
// for in general does not hide what is asked for in particular.
func TestMostDemandingAnswers(t *testing.T) {
	t.Parallel()
	space, _ := importPact(t, `{"interactions": [
		{"description": "general", "request": {"path": "/x"}, "response": {"status": 201}},
		{"description": "special", "request": {"path": "/x", "headers": {"A": "1"}}, "response": {"status": 202}}]}`)
	for want, header := range map[int]http.Header{201: {}, 202: {"A": {"1"}}} {
		if a := ask(t, space, &expectations.Request{Method: "GET", Path: "/x", Header: header}); a == nil || a.Status != want {
			t.Errorf("%v: answered %+v, want %d", header, a, want)
		}
	}
}
