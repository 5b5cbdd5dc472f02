package har_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture/har"
	"github.com/pactape/pactape/expectations"
)

// load reads an archive of testdata into a space.
func load(t *testing.T, name string) (*har.Import, *expectations.Space) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	read, err := har.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	space := expectations.NewSpace(expectations.SpaceOptions{})
	if _, err := space.Put(read.Expectations...); err != nil {
		t.Fatal(err)
	}
	return read, space
}

// ask is what a space answers a request: status and body, or "no match".
func ask(t *testing.T, space *expectations.Space, req *expectations.Request) string {
	t.Helper()
	if req.Method == "" {
		req.Method = http.MethodGet
	}
	req.Body.Size = int64(len(req.Body.Bytes))
	hit, ok, err := space.Match(t.Context(), req, expectations.MatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return "no match"
	}
	text := fmt.Sprint(hit.Answer.Status)
	if hit.Answer.Body != nil {
		text += " " + string(hit.Answer.Body.Bytes)
	}
	return text
}

func post(path, contentType, body string) *expectations.Request {
	return &expectations.Request{
		Method: http.MethodPost, Path: path, Header: http.Header{"Content-Type": {contentType}},
		Body: expectations.Body{Bytes: []byte(body)},
	}
}

// TestReadAnswers imports what a browser saved, and asks again: other clients,
// other hosts, other spellings of the same body.
func TestReadAnswers(t *testing.T) {
	t.Parallel()
	jsonType, formType := "application/json", "application/x-www-form-urlencoded"
	_, space := load(t, "browser.har")
	tests := []struct {
		name string
		req  *expectations.Request
		want string
	}{
		{"another host and client", &expectations.Request{Path: "/users", Host: "localhost:1", Header: http.Header{"User-Agent": {"curl"}}}, `200 [{"id":1}]`},
		{"the query decides", &expectations.Request{Path: "/users", RawQuery: "page=2&q=a%20b"}, `200 [{"id":2}]`},
		{"a query of more than is known", &expectations.Request{Path: "/users", RawQuery: "page=2&q=a+b&_=1"}, `200 [{"id":2}]`},
		{"the query as a list", &expectations.Request{Path: "/listed", RawQuery: "a=1"}, "200 listed"},
		{"a header that was sent", &expectations.Request{Path: "/tenant", Header: http.Header{"X-Tenant": {"blue"}}}, "200 blue"},
		{"without the header", &expectations.Request{Path: "/tenant"}, "no match"},
		{"JSON in another spelling", post("/orders", jsonType, `{ "b": [1, 2], "a": "x" }`), "201 made"},
		{"JSON with more", post("/orders", jsonType, `{"a":"x","b":[1,2],"c":0}`), "no match"},
		{"a form in another order", post("/form", formType, "q=2+3&p=1"), "200 form"},
		{"another form", post("/form", formType, "p=1&q=9"), "no match"},
		{"text", post("/text", "text/plain", "Hello"), "200 text"},
		{"text of another case", post("/text", "text/plain", "hello"), "no match"},
		{"binary body", post("/upload", "application/octet-stream", "\x00\xff"), "204"},
		{"another binary body", post("/upload", "application/octet-stream", "\x00\xfe"), "no match"},
		{"multipart by any boundary", post("/files", "multipart/form-data; boundary=other", "--other--"), "200 stored"},
		{"what looks like an expression", &expectations.Request{Path: "/odata/Users(1)", RawQuery: "f=a%7Cb"}, "200 literal"},
		{"what the expression would match", &expectations.Request{Path: "/odata/Users1", RawQuery: "f=a"}, "no match"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := ask(t, space, tt.req); got != tt.want {
				t.Errorf("answered %s, want %s", got, tt.want)
			}
		})
	}
}

func TestReadKeepsBinaryAnswers(t *testing.T) {
	t.Parallel()
	_, space := load(t, "browser.har")
	hit, ok, err := space.Match(t.Context(), &expectations.Request{Method: "GET", Path: "/logo.png"}, expectations.MatchOptions{})
	if err != nil || !ok {
		t.Fatalf("no match: %v", err)
	}
	a := hit.Answer
	if a.Body.Kind != expectations.AnswerBinary || string(a.Body.Bytes) != "\x89PNG\r\n\x1a\n" {
		t.Errorf("%s %q", a.Body.Kind, a.Body.Bytes)
	}
	// What belongs to one transfer is not sent again, and the text of an
	// archive is decoded: with Content-Encoding no client could read it.
	want := http.Header{"Content-Type": {"image/png"}, "Etag": {`"1"`}}
	if d := cmp.Diff(want, a.Header); d != "" {
		t.Error(d)
	}
}

// Equal requests answer in turn and stay on the last, whatever their order in
// the archive; several hosts do not mix.
func TestReadSequences(t *testing.T) {
	t.Parallel()
	read, space := load(t, "sequence.har")
	var got []string
	for range 5 {
		got = append(got, ask(t, space, &expectations.Request{Path: "/job", Host: "a.test"}))
	}
	want := []string{"202 pending", "202 pending", "200 done", "200 done", "200 done"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for host, want := range map[string]string{"a.test": "200 a", "b.test:8443": "200 b", "c.test": "no match"} {
		if got := ask(t, space, &expectations.Request{Path: "/", Host: host}); got != want {
			t.Errorf("%s answered %s, want %s", host, got, want)
		}
	}
	// The same archive makes the same expectations.
	again, _ := load(t, "sequence.har")
	if d := cmp.Diff(ids(read), ids(again)); d != "" {
		t.Error(d)
	}
	distinct := ids(read)
	slices.Sort(distinct)
	if len(slices.Compact(distinct)) != len(read.Expectations) {
		t.Errorf("ids repeat: %v", distinct)
	}
}

func ids(read *har.Import) []string {
	var ids []string
	for _, e := range read.Expectations {
		ids = append(ids, e.ID)
	}
	return ids
}

func TestReadSkips(t *testing.T) {
	t.Parallel()
	read, _ := load(t, "skipped.har")
	var got []string
	for _, s := range read.Skipped {
		got = append(got, s.String())
	}
	want := []string{
		"log.entries[0] GET http://a.test/blocked: it has no response",
		"log.entries[1] GET http://a.test/lost: it has no response",
		"log.entries[2] GET http://a.test/socket: status 101 depends on more than the request",
		"log.entries[3] GET http://a.test/cached: status 304 depends on more than the request",
		"log.entries[4] GET http://a.test/range: status 206 depends on more than the request",
		"log.entries[5] OPTIONS http://a.test/: a preflight of CORS",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(read.Expectations) != 1 {
		t.Errorf("%d expectations, want the one that answers", len(read.Expectations))
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	entry := func(members string) string { return `{"log":{"entries":[{` + members + `}]}}` }
	const url, ok = `"url":"http://a.test/"`, `"response":{"status":200}`
	tests := []struct{ archive, want string }{
		{"", "failed to parse HAR JSON: "},
		{"<har/>", "failed to parse HAR JSON: "},
		{"[]", "missing top-level 'log' object"},
		{`{"log":[]}`, "missing top-level 'log' object"},
		{`{"log":{}}`, "missing 'log.entries' array"},
		{`{"log":{"entries":[1]}}`, "$.log.entries[0]: number found, object expected"},
		{entry(ok), "$.log.entries[0].request: null found, object expected"},
		{entry(`"request":{},` + ok), "$.log.entries[0].request.url: is missing but it is required"},
		{entry(`"request":{"url":"http://[::1"},` + ok), "$.log.entries[0].request.url: is not a URL"},
		{entry(`"request":{"method":1,` + url + `},` + ok), "$.log.entries[0].request.method: number found, string expected"},
		{entry(`"request":{` + url + `,"headers":{}},` + ok), "$.log.entries[0].request.headers: object found, array expected"},
		{entry(`"request":{` + url + `,"headers":[{"name":"A","value":1}]},` + ok), "$.log.entries[0].request.headers[0].value: number found, string expected"},
		{entry(`"request":{` + url + `,"postData":"x"},` + ok), "$.log.entries[0].request.postData: string found, object expected"},
		{entry(`"request":{` + url + `},"response":[]`), "$.log.entries[0].response: array found, object expected"},
		{entry(`"request":{` + url + `},"response":{"status":"200"}`), "$.log.entries[0].response.status: a status code is expected"},
		{entry(`"request":{` + url + `},"response":{"status":999}`), "$.log.entries[0].response.status: a status code is expected"},
		{entry(`"request":{` + url + `},"response":{"status":200,"content":{"text":"%","encoding":"base64"}}`), "$.log.entries[0].response.content.text: is not base64"},
		{entry(`"request":{` + url + `},"response":{"status":200,"content":{"text":"x","encoding":"zstd"}}`), "$.log.entries[0].response.content.encoding: base64 is expected"},
	}
	for _, tt := range tests {
		read, err := har.Read([]byte(tt.archive))
		if read != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s:\n got %v\nwant %s", tt.archive, err, tt.want)
		}
	}
}

// What was written is read back.
func TestReadOwnArchive(t *testing.T) {
	t.Parallel()
	read, err := har.Read(archive(t, form()))
	if err != nil {
		t.Fatal(err)
	}
	space := expectations.NewSpace(expectations.SpaceOptions{})
	if _, err := space.Put(read.Expectations...); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, space, form().Request); got != "302 über" {
		t.Errorf("answered %s", got)
	}
}

// Whatever is read is accepted by a set, and writing and reading it again
// changes nothing more.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.har")
	if err != nil || len(files) == 0 {
		f.Fatalf("no archives: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"log":{"entries":[{"request":{"url":"//a/%2?b=%zz"},"response":{"status":200}}]}}`))
	f.Add([]byte(`{"log":{"entries":[{"request":{"url":"?","postData":{"mimeType":"a/b","text":"/w==","encoding":"base64"}},"response":{"status":599}}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := har.Read(data)
		if err != nil {
			return
		}
		if _, err := expectations.NewSet(expectations.SetOptions{}).Put(read.Expectations...); err != nil && len(read.Expectations) > 0 {
			t.Fatalf("a set refuses what was read: %v", err)
		}
		once := rewritten(t, read)
		twice := rewritten(t, once)
		if d := cmp.Diff(ids(once), ids(twice)); d != "" {
			t.Error(d)
		}
	})
}

func rewritten(t *testing.T, read *har.Import) *har.Import {
	t.Helper()
	var out bytes.Buffer
	if err := har.WriteExpectations(&out, all(read.Expectations), har.Options{}); err != nil {
		t.Fatal(err)
	}
	again, err := har.Read(out.Bytes())
	if err != nil {
		t.Fatalf("%v in\n%s", err, out.Bytes())
	}
	return again
}
