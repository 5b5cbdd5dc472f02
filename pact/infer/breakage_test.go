package infer_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A target is where a breakage applies: requests, and a place in the body of
// their answers, as names with dots and 0 for the first item.
type target struct{ method, path, place string }

// A breakage breaks one answer; false says that it does not apply.
type breakage struct {
	name string
	// body, if set, changes the value at the target's place. status is that
	// of the answers it applies to, 0 for 2xx.
	body func(jsondoc.Value) (v jsondoc.Value, keep bool)
	// name renames the member at the place.
	rename bool
	answer func(*httptest.ResponseRecorder)
	status int
}

func replaced(v jsondoc.Value) func(jsondoc.Value) (jsondoc.Value, bool) {
	return func(jsondoc.Value) (jsondoc.Value, bool) { return v, true }
}

func breakages() []breakage {
	return []breakage{
		{name: "rename top", rename: true},
		{name: "rename in item", rename: true},
		{name: "drop required", body: func(v jsondoc.Value) (jsondoc.Value, bool) { return v, false }},
		{name: "drop object", body: func(v jsondoc.Value) (jsondoc.Value, bool) { return v, false }},
		{name: "number to string", body: func(v jsondoc.Value) (jsondoc.Value, bool) { return jsondoc.String(v.Text), true }},
		{name: "string to number", body: replaced(jsondoc.Int(12))},
		{name: "integer to decimal", body: func(v jsondoc.Value) (jsondoc.Value, bool) { return jsondoc.Number(v.Text + ".5"), true }},
		{name: "object to list", body: func(v jsondoc.Value) (jsondoc.Value, bool) { return jsondoc.Array(v), true }},
		{name: "list to object", body: func(v jsondoc.Value) (jsondoc.Value, bool) { return jsondoc.Object(jsondoc.M("0", v)), true }},
		{name: "list becomes empty", body: replaced(jsondoc.Array())},
		{name: "null", body: replaced(jsondoc.Null())},
		{name: "boolean to string", body: replaced(jsondoc.String("true"))},
		{name: "UUID to integer", body: replaced(jsondoc.Int(4711))},
		{name: "time to epoch", body: replaced(jsondoc.Int(1700000000))},
		{name: "time without zone", body: func(v jsondoc.Value) (jsondoc.Value, bool) {
			return jsondoc.String(strings.TrimRight(v.Text, "Z")), true
		}},
		{name: "200 to 204", answer: func(w *httptest.ResponseRecorder) {
			w.Code = http.StatusNoContent
			w.Body.Reset()
		}, status: 200},
		{name: "404 to 200", answer: func(w *httptest.ResponseRecorder) { w.Code = http.StatusOK }, status: 404},
		{name: "content type changes", answer: func(w *httptest.ResponseRecorder) {
			w.Header().Set("Content-Type", "text/plain")
		}},
		{name: "prefix lost", answer: func(w *httptest.ResponseRecorder) {
			w.Code = http.StatusNotFound
			w.Body.Reset()
		}},
		{name: "Location disappears", answer: func(w *httptest.ResponseRecorder) { w.Header().Del("Location") }},
	}
}

// change is the breakage as a change of a provider's answers, and how often it
// was applied.
func (b breakage) change(t testing.TB, at target) (change func(*http.Request, *httptest.ResponseRecorder), applied *int) {
	applied = new(int)
	path := regexp.MustCompile(at.path)
	return func(r *http.Request, w *httptest.ResponseRecorder) {
		if r.Method != at.method || !path.MatchString(r.URL.Path) || b.status == 0 && w.Code > 299 || b.status != 0 && w.Code != b.status {
			return
		}
		if b.answer != nil {
			*applied++
			b.answer(w)
			return
		}
		doc, err := jsondoc.Parse(w.Body.Bytes())
		if err != nil {
			t.Errorf("%s: %v", b.name, err)
			return
		}
		if doc, ok := b.apply(doc, strings.Split(at.place, ".")); ok {
			*applied++
			w.Body.Reset()
			w.Body.Write(doc.AppendCompact(nil))
		}
	}, applied
}

func (b breakage) apply(doc jsondoc.Value, at []string) (jsondoc.Value, bool) {
	if doc.Kind == jsondoc.KindArray {
		i, err := strconv.Atoi(at[0])
		if err != nil || i >= len(doc.Items) {
			return doc, false
		}
		inner, ok := b.apply(doc.Items[i], at[1:])
		doc.Items = slices.Clone(doc.Items)
		doc.Items[i] = inner
		return doc, ok
	}
	i := slices.IndexFunc(doc.Members, func(m jsondoc.Member) bool { return m.Name == at[0] })
	if i < 0 {
		return doc, false
	}
	doc.Members = slices.Clone(doc.Members)
	if len(at) > 1 {
		inner, ok := b.apply(doc.Members[i].Value, at[1:])
		doc.Members[i].Value = inner
		return doc, ok
	}
	if b.rename {
		doc.Members[i].Name += "_new"
		return doc, true
	}
	value, keep := b.body(doc.Members[i].Value)
	doc.Members[i].Value = value
	if !keep {
		doc.Members = slices.Delete(doc.Members, i, i+1)
	}
	return doc, true
}
