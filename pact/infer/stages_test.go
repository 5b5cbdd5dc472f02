package infer_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/infer"
)

// sample is a GET and a JSON answer.
func sample(target, body string) infer.Sample {
	path, query, _ := strings.Cut(target, "?")
	return infer.Sample{
		Request: &expectations.Request{Method: http.MethodGet, Path: path, RawQuery: query, Header: make(http.Header)},
		Response: &expectations.Response{
			Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: expectations.Body{Bytes: []byte(body)},
		},
	}
}

// answers are samples of one endpoint.
func answers(bodies ...string) []infer.Sample {
	var out []infer.Sample
	for _, body := range bodies {
		out = append(out, sample("/a", body))
	}
	return out
}

// rules prints the rules of a category, one a line, with the example body.
func rules(rules pact.Rules, category pact.Category) []string {
	var out []string
	for _, r := range rules {
		if r.Category != category {
			continue
		}
		var matchers []string
		for _, m := range r.Matchers {
			matchers = append(matchers, string(m.Value.AppendCompact(nil)))
		}
		line := strings.Join(matchers, " or ")
		if r.Path.String() != "" {
			line = r.Path.String() + " " + line
		}
		out = append(out, strings.ReplaceAll(line, `"match":`, ""))
	}
	return out
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	many := func(format string, values ...string) []string {
		var out []string
		for _, v := range values {
			out = append(out, fmt.Sprintf(format, v))
		}
		return out
	}
	const token = "%s9Kd82hsQ7Lm3Vx8"
	tests := map[string]struct {
		paths   []string
		options infer.Options
		want    []string
	}{
		"integer":                   {paths: []string{"/users/7"}, want: []string{"/users/{id}"}},
		"name beside ids":           {paths: []string{"/users/7", "/users/8", "/users/me"}, want: []string{"/users/me", "/users/{id}"}},
		"version is no id":          {paths: []string{"/v1/users", "/v2/users"}, want: []string{"/v1/users", "/v2/users"}},
		"number after api":          {paths: []string{"/api/2/users/2"}, want: []string{"/api/2/users/{id}"}},
		"first segment":             {paths: []string{"/2024/report"}, want: []string{"/2024/report"}},
		"first segment UUID":        {paths: []string{"/0f8fad5b-d9cb-469f-a165-70867728950e/x"}, want: []string{"/{uuid}/x"}},
		"UUID":                      {paths: []string{"/o/0f8fad5b-d9cb-469f-a165-70867728950e"}, want: []string{"/o/{uuid}"}},
		"ULID":                      {paths: []string{"/o/01ARZ3NDEKTSV4RRFFQ69G5FAV"}, want: []string{"/o/{ulid}"}},
		"hexadecimal":               {paths: []string{"/o/507f1f77bcf86cd799439011"}, want: []string{"/o/{hex}"}},
		"word of hex letters":       {paths: []string{"/o/deadbeefcafe"}, want: []string{"/o/deadbeefcafe"}},
		"nested":                    {paths: []string{"/users/7/orders/9"}, want: []string{"/users/{userId}/orders/{id}"}},
		"one of collection":         {paths: []string{"/users/7/orders"}, want: []string{"/users/{id}/orders"}},
		"two in a row":              {paths: []string{"/tiles/3/4"}, want: []string{"/tiles/{tileId}/{id}"}},
		"few dates":                 {paths: many("/days/2024-01-0%s", "1", "2"), want: []string{"/days/2024-01-01", "/days/2024-01-02"}},
		"many dates":                {paths: many("/days/2024-01-0%s", "1", "2", "3", "4", "5"), want: []string{"/days/{date}"}},
		"many tokens":               {paths: many("/f/"+token, "a", "b", "c", "d", "e"), want: []string{"/f/{token}"}},
		"the same tokens again":     {paths: slices.Repeat(many("/f/"+token, "a", "b", "c", "d", "e"), 3)[:12], want: many("/f/"+token, "a", "b", "c", "d", "e")},
		"slugs":                     {paths: many("/p/red-shoe-%s", "a", "b", "c", "d", "e", "f"), want: many("/p/red-shoe-%s", "a", "b", "c", "d", "e", "f")},
		"slugs, template handed in": {paths: many("/p/red-shoe-%s", "a", "b"), options: infer.Options{Templates: []string{"/p/{slug}"}}, want: []string{"/p/{slug}"}},
		"redacted":                  {paths: []string{"/reset/" + expectations.PlaceholderText}, want: []string{"/reset/{secret}"}},
		"trailing slash":            {paths: []string{"/users/7/"}, want: []string{"/users/{id}/"}},
		"root":                      {paths: []string{"/"}, want: []string{"/"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var samples []infer.Sample
			for _, path := range tc.paths {
				samples = append(samples, sample(path, `{"a":1}`))
			}
			tc.options.MaxVariants = 100
			_, report := inferred(t, samples, tc.options)
			var got []string
			for _, it := range report.Interactions {
				got = append(got, strings.TrimPrefix(it.Endpoint, "GET "))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("templates (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	const stamp = `"2024-01-02T03:04:0%d%s"`
	tests := map[string]struct {
		mode    infer.Mode
		bodies  []string
		example string
		want    []string
	}{
		"integers":              {bodies: []string{`{"n":1}`, `{"n":2}`, `{"n":3}`}, example: `{"n":1}`, want: []string{`$.n {"integer"}`}},
		"few integers":          {bodies: []string{`{"n":1}`, `{"n":2}`}, example: `{"n":1}`, want: []string{`$.n {"number"}`}},
		"one id":                {bodies: []string{`{"userId":1}`}, example: `{"userId":1}`, want: []string{`$.userId {"integer"}`}},
		"prices":                {bodies: []string{`{"price":1}`, `{"price":2}`, `{"price":3}`}, example: `{"price":1}`, want: []string{`$.price {"number"}`}},
		"mixed numbers":         {bodies: []string{`{"n":1}`, `{"n":2.5}`, `{"n":3}`}, example: `{"n":1}`, want: []string{`$.n {"number"}`}},
		"few decimals":          {bodies: []string{`{"n":1.50}`, `{"n":2.5}`, `{"n":3.5}`}, example: `{"n":1.50}`, want: []string{`$.n {"number"}`}},
		"many decimals":         {bodies: []string{`[1.1,2.1,3.1,4.1,5.1,6.1,7.1,8.1,9.1,1e3]`}, example: `[1.1]`, want: []string{`$ {"type","min":1}`, `$[*] {"decimal"}`}},
		"huge integers":         {bodies: []string{`[123456789012345678901,1,2,3]`}, example: `[123456789012345678901]`, want: []string{`$ {"type","min":1}`, `$[*] {"number"}`}},
		"boolean":               {bodies: []string{`{"b":true}`}, example: `{"b":true}`, want: []string{`$.b {"type"}`}},
		"UUID":                  {bodies: []string{`{"u":"0f8fad5b-d9cb-469f-a165-70867728950e"}`}, example: `{"u":"0f8fad5b-d9cb-469f-a165-70867728950e"}`, want: []string{`$.u {"regex","regex":"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"}`}},
		"date":                  {bodies: []string{`{"d":"2024-02-29"}`}, example: `{"d":"2024-02-29"}`, want: []string{`$.d {"date","format":"yyyy-MM-dd"}`}},
		"no date":               {bodies: []string{`{"d":"2023-02-29"}`}, example: `{"d":"2023-02-29"}`, want: []string{`$.d {"type"}`}},
		"time with zone":        {bodies: []string{"[" + fmt.Sprintf(stamp, 5, "Z") + "," + fmt.Sprintf(stamp, 6, "+02:00") + "]"}, example: `["2024-01-02T03:04:05Z"]`, want: []string{`$ {"type","min":1}`, `$[*] {"datetime","format":"yyyy-MM-dd'T'HH:mm:ssXXX"}`}},
		"fractions that vary":   {bodies: []string{"[" + fmt.Sprintf(stamp, 5, ".1Z") + "," + fmt.Sprintf(stamp, 6, ".123456Z") + "]"}, example: `["2024-01-02T03:04:05.1Z"]`, want: []string{`$ {"type","min":1}`, `$[*] {"regex","regex":"^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?(?:Z|[+-]\\d{2}(?::?\\d{2})?)$"}`}},
		"offset of New Zealand": {bodies: []string{"[" + fmt.Sprintf(stamp, 5, "+13:00") + "]"}, example: `["2024-01-02T03:04:05+13:00"]`, want: []string{`$ {"type","min":1}`, `$[*] {"regex","regex":"^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?(?:Z|[+-]\\d{2}(?::?\\d{2})?)$"}`}},
		"one e-mail address":    {bodies: []string{`{"m":"a@b.c"}`}, example: `{"m":"a@b.c"}`, want: []string{`$.m {"type"}`}},
		"e-mail addresses":      {bodies: []string{`["a@b.c","d@e.f"]`}, example: `["a@b.c"]`, want: []string{`$ {"type","min":1}`, `$[*] {"regex","regex":"^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$"}`}},
		"empty string seen":     {bodies: []string{`["2024-01-01",""]`}, example: `["2024-01-01"]`, want: []string{`$ {"type","min":1}`, `$[*] {"type"}`}},
		"null or string":        {bodies: []string{`{"a":null}`, `{"a":"x"}`}, example: `{"a":"x"}`, want: []string{`$.a {"null"} or {"type"}`}},
		"null or object":        {bodies: []string{`{"a":null,"b":1}`, `{"a":{"x":1},"b":1}`}, example: `{"b":1}`, want: []string{`$.b {"number"}`}},
		"null always":           {bodies: []string{`{"a":null,"b":1}`}, example: `{"b":1}`, want: []string{`$.b {"number"}`}},
		"optional":              {bodies: []string{`{"a":1,"b":1}`, `{"b":1}`}, example: `{"b":1}`, want: []string{`$.b {"number"}`}},
		"several scalars":       {bodies: []string{`[1,"a",true]`}, example: `["a"]`, want: []string{`$ {"type","min":1}`, `$[*] {"type"} or {"number"} or {"boolean"}`}},
		"items of all kinds":    {bodies: []string{`{"l":[1,{},[]]}`}, example: `{"l":[]}`, want: []string{`$.l {"type","min":0}`}},
		"always empty":          {bodies: []string{`{"l":[]}`}, example: `{"l":[]}`, want: []string{`$.l {"type","min":0}`}},
		"sometimes empty":       {bodies: []string{`{"l":[]}`, `{"l":["x"]}`}, example: `{"l":["x"]}`, want: []string{`$.l {"type","min":0}`, `$.l[*] {"type"}`}},
		"items that differ":     {bodies: []string{`[{"a":"x","b":1},{"a":"y","c":1}]`}, example: `[{"a":"x"}]`, want: []string{`$ {"type","min":1}`, `$[*].a {"type"}`}},
		"lists of lists":        {bodies: []string{`[[["x"]]]`}, example: `[[["x"]]]`, want: []string{`$ {"type","min":1}`, `$[*] {"type","min":1}`, `$[*][*] {"type","min":1}`, `$[*][*][*] {"type"}`}},
		"map of ids":            {bodies: []string{`{"m":{"17":{"x":"a"},"18":{"x":"b"}}}`}, example: `{"m":{"17":{"x":"a"}}}`, want: []string{`$.m {"values"}`, `$.m.*.x {"type"}`}},
		"map of names":          {bodies: []string{`{"m":{"de":"a","en":"b"}}`, `{"m":{"fr":"c","it":"d"}}`}, example: `{"m":{"de":"a"}}`, want: []string{`$.m {"values"}`, `$.m.* {"type"}`}},
		"record, not map":       {bodies: []string{`{"m":{"id":"a","x":"b"}}`, `{"m":{"id":"c","y":"d"}}`}, example: `{"m":{"id":"a"}}`, want: []string{`$.m.id {"type"}`}},
		"odd names":             {bodies: []string{`{"a b":"x","$ref":"x","x'y":1}`}, example: `{"a b":"x","$ref":"x"}`, want: []string{`$['$ref'] {"type"}`, `$['a b'] {"type"}`}},
		"redacted":              {bodies: []string{`{"t":"` + expectations.PlaceholderUUID + `","n":` + expectations.PlaceholderDigits + `}`}, example: `{"t":"` + expectations.PlaceholderUUID + `","n":` + expectations.PlaceholderDigits + `}`, want: []string{`$.n {"type"}`, `$.t {"type"}`}},
		"types alone":           {mode: infer.Types, bodies: []string{`{"id":1,"d":"2024-01-01"}`}, example: `{"id":1,"d":"2024-01-01"}`, want: []string{`$.d {"type"}`, `$.id {"type"}`}},
		"enumeration":           {mode: infer.Strict, bodies: slices.Repeat([]string{`{"s":"open"}`, `{"s":"done"}`}, 5), example: `{"s":"open"}`, want: []string{`$.s {"regex","regex":"^(?:done|open)$"}`}},
		"not strict":            {bodies: slices.Repeat([]string{`{"s":"open"}`, `{"s":"done"}`}, 5), example: `{"s":"open"}`, want: []string{`$.s {"type"}`}},
		"without rules":         {mode: infer.None, bodies: []string{`{"s":"open"}`}, example: `{"s":"open"}`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, _ := inferred(t, answers(tc.bodies...), infer.Options{Mode: tc.mode})
			if len(doc.Interactions) != 1 {
				t.Fatalf("%d interactions", len(doc.Interactions))
			}
			got := doc.Interactions[0].Response
			if diff := cmp.Diff(tc.example, string(got.Body.Content())); diff != "" {
				t.Errorf("example (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.want, rules(got.Rules, pact.CategoryBody)); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
		})
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		queries []string
		want    [][]string
	}{
		"constant":         {[]string{"lang=de", "lang=de"}, [][]string{nil}},
		"one":              {[]string{"lang=de"}, [][]string{nil}},
		"varies":           {[]string{"q=a", "q=b"}, [][]string{{`$.q {"type"}`}}},
		"digits":           {[]string{"q=1", "q=22"}, [][]string{{`$.q {"regex","regex":"^\\d+$"}`}}},
		"paging":           {[]string{"cursor=abc"}, [][]string{{`$.cursor {"type"}`}}},
		"number of values": {[]string{"t=a", "t=a&t=b"}, [][]string{{`$.t {"type","min":1}`}}},
		"other names":      {[]string{"a=x", "a=x&b=x", "b=x&a=x"}, [][]string{nil, nil}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var samples []infer.Sample
			for _, q := range tc.queries {
				samples = append(samples, sample("/a?"+q, `{"a":1}`))
			}
			doc, _ := inferred(t, samples, infer.Options{})
			var got [][]string
			for _, it := range doc.Interactions {
				got = append(got, rules(it.Request.Rules, pact.CategoryQuery))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	s := sample("/a", `{"a":1}`)
	s.Request.Header = http.Header{
		"Authorization": {"Bearer abc"}, "Accept": {"application/json"}, "User-Agent": {"x"}, "X-Tenant": {"blue"},
		"X-Request-Id": {"1"}, "Cookie": {"a=b"}, "X-Api-Key": {expectations.PlaceholderText}, "X-Quiet": {"1"},
	}
	s.Response.Header = http.Header{
		"Content-Type": {"application/json; charset=utf-8"}, "Date": {"now"}, "Etag": {"1"}, "X-Total": {"7"},
		"Location": {"http://host/a/17?x=1"},
	}
	doc, report := inferred(t, []infer.Sample{s}, infer.Options{ResponseHeaders: []string{"x-total"}, IgnoreHeaders: []string{"x-quiet"}})
	it := doc.Interactions[0]
	var request, response []string
	for _, f := range it.Request.Headers {
		request = append(request, f.Name+": "+strings.Join(f.Values, ", "))
	}
	for _, f := range it.Response.Headers {
		response = append(response, f.Name+": "+strings.Join(f.Values, ", "))
	}
	if diff := cmp.Diff([]string{"Accept: application/json", "Authorization: Bearer pactape-redacted", "X-Api-Key: pactape-redacted", "X-Tenant: blue"}, request); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Content-Type: application/json; charset=utf-8", "Location: http://host/a/17?x=1", "X-Total: 7"}, response); diff != "" {
		t.Errorf("response (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		`$['Content-Type'] {"regex","regex":"^application/json(\\s*;.*)?$"}`,
		`$.Location {"regex","regex":"^(?:https?://[^/]+)?/a/\\d+(?:[?#].*)?$"}`,
		`$['X-Total'] {"regex","regex":"^\\d+$"}`,
	}, rules(it.Response.Rules, pact.CategoryHeader)); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	want := []string{"request Cookie", "request User-Agent", "request X-Quiet", "request X-Request-Id", "response Date", "response Etag"}
	if diff := cmp.Diff(want, report.Interactions[0].DroppedHeaders); diff != "" {
		t.Errorf("dropped (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Authorization", "X-Api-Key"}, doc.NeededHeaders()); diff != "" {
		t.Errorf("needed (-want +got):\n%s", diff)
	}
}

func TestOverrides(t *testing.T) {
	t.Parallel()
	samples := []infer.Sample{sample("/users/7?page=1", `{"id":7,"name":"a","debug":"x","n":1}`), sample("/users/8?page=2", `{"id":8,"name":"b","debug":"y","n":2}`)}
	doc, report := inferred(t, samples, infer.Options{Overrides: []infer.Override{
		{Endpoint: "GET /users/{id}", Place: "response body $.name", Rule: jsondoc.Object(jsondoc.M("match", jsondoc.String("include")), jsondoc.M("value", jsondoc.String("")))},
		{Endpoint: "* /users/{id}", Place: "response body $.debug", Ignore: true},
		{Place: "request query page", Rule: jsondoc.Object(jsondoc.M("match", jsondoc.String("type")))},
		{Endpoint: "GET /others", Place: "response body $.id", Ignore: true},
		{Endpoint: "GET /users/{id}", Status: 200, State: "a user"},
	}})
	it := doc.Interactions[0]
	if diff := cmp.Diff([]string{`$.id {"integer"}`, `$.n {"number"}`, `$.name {"include","value":""}`}, rules(it.Response.Rules, pact.CategoryBody)); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	if got := rules(it.Request.Rules, pact.CategoryQuery); !slices.Equal(got, []string{`$.page {"type"}`}) {
		t.Errorf("query %v", got)
	}
	if len(it.States) != 1 || it.States[0].Name != "a user" || it.States[0].Params[0].Value.Text != "7" {
		t.Errorf("states %v", it.States)
	}
	if it := report.Interactions[0]; it.Asserted != 2 || it.Total != 4 {
		t.Errorf("%d of %d leaves asserted", it.Asserted, it.Total) // "" is in everything
	}
	if diff := cmp.Diff([]infer.Evidence{{Place: "GET /others response body $.id", Reason: "it changed nothing: no interaction has such a place"}}, report.Overrides); diff != "" {
		t.Errorf("overrides (-want +got):\n%s", diff)
	}
	// The user goes before samples that contradict, and is told.
	doc, report = inferred(t, samples, infer.Options{Overrides: []infer.Override{{Place: "response body $.n", Literal: true}}})
	if got := rules(doc.Interactions[0].Response.Rules, pact.CategoryBody); !slices.Contains(got, `$.n {"equality"}`) {
		t.Errorf("rules %v", got)
	}
	want := []infer.Evidence{{Place: "GET /users/{id} -> 200, response body $.n", Reason: "kept, though it is otherwise in 1 sample"}}
	if diff := cmp.Diff(want, report.Overrides); diff != "" || len(report.LeftOut) > 0 {
		t.Errorf("left out %v, overrides (-want +got):\n%s", report.LeftOut, diff)
	}
	for _, bad := range []infer.Override{
		{Place: "response body $.n"},
		{Place: "nowhere", Ignore: true},
		{Place: "response body $.n", Ignore: true, Literal: true},
		{Endpoint: "users", State: "x"},
		{Place: "response body $.n", Rule: jsondoc.Object(jsondoc.M("match", jsondoc.String("plugin")))},
	} {
		if _, _, err := infer.Infer(t.Context(), seq(samples), infer.Options{Overrides: []infer.Override{bad}}); err == nil {
			t.Errorf("%+v is accepted", bad)
		}
	}
}

// TestStates: what the recording made or deleted names the states.
func TestStates(t *testing.T) {
	t.Parallel()
	c := shopCorpus()
	_, report := inferred(t, c.record(t, 1), infer.Options{})
	got := make(map[string]string)
	for _, it := range report.Interactions {
		for _, s := range it.States {
			got[it.Description] = s.Decision
		}
	}
	want := map[string]string{
		"DELETE /v1/customers/{customerId}/orders/{id} -> 204": "order exists",
		"GET /v1/customers/{customerId}/orders/{id} -> 200":    "order exists",
		"GET /v1/customers/{customerId}/orders/{id} -> 404":    "order was deleted",
		"GET /v1/customers/{id} -> 200":                        "customer exists",
		"GET /v1/customers/{id}/orders -> 200":                 "customer exists",
		"GET /v1/products/{id} -> 200":                         "product exists",
		"GET /v1/products/{id} -> 404":                         "product does not exist",
		"POST /v1/customers -> 422":                            "POST /v1/customers -> 422",
		"POST /v1/customers/{id}/orders -> 201":                "customer exists",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	doc, _ := inferred(t, c.record(t, 1), infer.Options{States: infer.StatesNone})
	for _, it := range doc.Interactions {
		if len(it.States) > 0 || it.Request.Generators.Kind != jsondoc.KindNull {
			t.Errorf("%s has states", it.Description)
		}
	}
}
