package expectations

import (
	"crypto/rand"
	"encoding/base64"
	"maps"
	"math/big"
	mathrand "math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/mustache"
)

// A templateScope has the names of a template for one rendering: those of
// MockServer's TemplateFunctions and MustacheTemplateEngine. What a name
// stands for is made when it is asked for.
type templateScope struct {
	in   TemplateInput
	body bodyView
	// found is what jsonPath found last.
	found mustache.Value
	// groups are those of the path, once asked for.
	groups     pathGroups
	groupsDone bool
	compiled   *Template
}

func newTemplateScope(t *Template, in TemplateInput) *templateScope {
	return &templateScope{
		in: in, compiled: t,
		body: bodyView{content: in.Request.Body, contentType: first(headerValues(in.Request.Header, "Content-Type"))},
	}
}

// String implements [mustache.Scope]. All names at once would make a token and
// more; it is nothing.
func (s *templateScope) String() string { return "" }

// Get implements [mustache.Scope].
func (s *templateScope) Get(name string) (mustache.Value, bool) {
	switch name {
	case "request":
		return requestScope{s}, true
	case "response":
		if s.in.Response == nil {
			return nil, false
		}
		return newResponseScope(s.in.Response), true
	case "jsonPath":
		return mustache.Section(s.jsonPath), true
	case "jsonPathResult":
		return s.found, s.found != nil
	case "xPath":
		return mustache.Section(s.xPath), true
	case "scenario":
		return names{"get": mustache.Section(s.scenario)}, true
	case "jwt":
		return tokenScope{s.in.Space.issuer()}, true
	}
	if make, ok := templateFunctions[name]; ok {
		return make, true
	}
	helper, ok := templateHelpers[name]
	return helper, ok
}

// scenario is the state of a scenario (MockServer ScenarioTemplateHelper).
func (s *templateScope) scenario(a mustache.Argument) string {
	if s.in.Space == nil {
		return ScenarioStarted
	}
	return s.in.Space.Scenarios.State(a.Text)
}

// templateFunctions make a new value each time (MockServer TemplateFunctions).
var templateFunctions = map[string]mustache.Func{
	"now":            func() mustache.Value { return javaInstant(time.Now()) },
	"now_iso_8601":   func() mustache.Value { return javaInstant(time.Now()) },
	"now_epoch":      func() mustache.Value { return strconv.FormatInt(time.Now().Unix(), 10) },
	"now_rfc_1123":   func() mustache.Value { return time.Now().UTC().Format("Mon, 2 Jan 2006 15:04:05 GMT") },
	"uuid":           func() mustache.Value { return uuid.NewString() },
	"rand_int":       randomInt(10),
	"rand_int_10":    randomInt(10),
	"rand_int_100":   randomInt(100),
	"rand_bytes":     randomBytes(16),
	"rand_bytes_16":  randomBytes(16),
	"rand_bytes_32":  randomBytes(32),
	"rand_bytes_64":  randomBytes(64),
	"rand_bytes_128": randomBytes(128),
}

// templateHelpers are MockServer's helpers. In Mustache nothing can be called
// with arguments, so that of most there is the name alone, there as here;
// whatever is looked for in them is missing, and renders as nothing.
var templateHelpers = map[string]helperScope{
	"strings":       {name: "StringTemplateHelper"},
	"jsonTransform": {name: "JsonTemplateHelper"},
	"crypto":        {name: "CryptoTemplateHelper"},
	"regex":         {name: "RegexTemplateHelper"},
	"html":          {name: "HtmlTemplateHelper"},
	"csv":           {name: "CsvTemplateHelper"},
	"xpath":         {name: "XmlXPathTemplateHelper"},
	"yaml":          {name: "YamlTemplateHelper"},
	"calc": {name: "MathTemplateHelper", members: map[string]func() mustache.Value{
		"randomDouble": func() mustache.Value { return mustache.Double(mathrand.Float64()) },
	}},
	"dates": {members: map[string]func() mustache.Value{
		"toString":     func() mustache.Value { return javaInstant(time.Now()) },
		"epochSeconds": func() mustache.Value { return mustache.Number(strconv.FormatInt(time.Now().Unix(), 10)) },
		"epochMillis":  func() mustache.Value { return mustache.Number(strconv.FormatInt(time.Now().UnixMilli(), 10)) },
	}},
}

// A helperScope is a helper: what it prints as, and what can be asked of it.
type helperScope struct {
	name    string
	members map[string]func() mustache.Value
}

// Get implements [mustache.Scope].
func (h helperScope) Get(name string) (mustache.Value, bool) {
	if make, ok := h.members[name]; ok {
		return make(), true
	}
	return h.String(), name == "toString"
}

// String is its name, or what it says of itself.
func (h helperScope) String() string {
	if make, ok := h.members["toString"]; ok {
		return mustache.Text(make())
	}
	return h.name
}

// javaInstant prints a time as java.time.format.DateTimeFormatter.ISO_INSTANT
// does: with as many digits of a second, in threes, as there are.
func javaInstant(t time.Time) string {
	layout := "2006-01-02T15:04:05"
	switch n := t.Nanosecond(); {
	case n == 0:
	case n%1e6 == 0:
		layout += ".000"
	case n%1e3 == 0:
		layout += ".000000"
	default:
		layout += ".000000000"
	}
	return t.UTC().Format(layout) + "Z"
}

func randomInt(below int64) mustache.Func {
	return func() mustache.Value {
		n, _ := rand.Int(rand.Reader, big.NewInt(below)) // never fails
		return n.String()
	}
}

func randomBytes(n int) mustache.Func {
	return func() mustache.Value {
		b := make([]byte, n)
		_, _ = rand.Read(b) // never fails
		return base64.StdEncoding.EncodeToString(b)
	}
}

// A names is a [mustache.Scope] that is a map.
type names map[string]mustache.Value

// Get implements [mustache.Scope]. What a map has none of, it has by Java's
// names: entrySet, keySet, values (MockServer ExtendedCollector).
func (n names) Get(name string) (mustache.Value, bool) {
	if v, ok := n[name]; ok {
		return v, true
	}
	all := mustache.List{}
	for _, key := range slices.Sorted(maps.Keys(n)) {
		switch name {
		case "entrySet":
			all = append(all, entry{key, n[key]})
		case "keySet":
			all = append(all, key)
		case "values":
			all = append(all, n[key])
		}
	}
	return all, name == "entrySet" || name == "keySet" || name == "values"
}

// String prints the names as Java prints a map.
func (n names) String() string {
	entries, _ := n.Get("entrySet")
	all := mustache.Text(entries)
	return "{" + all[1:len(all)-1] + "}"
}

// An entry is a name of a map with its value (java.util.Map.Entry).
type entry struct {
	key   string
	value mustache.Value
}

// Get implements [mustache.Scope].
func (e entry) Get(name string) (mustache.Value, bool) {
	switch name {
	case "key", "getKey":
		return e.key, true
	case "value", "getValue":
		return e.value, true
	}
	return nil, false
}

// String is the two as Java prints them.
func (e entry) String() string { return e.key + "=" + mustache.Element(e.value) }

// fieldNames are header fields, whose names have no case.
type fieldNames struct{ names }

// Get implements [mustache.Scope].
func (f fieldNames) Get(name string) (mustache.Value, bool) {
	if v, ok := f.names[name]; ok {
		return v, true
	}
	for field, v := range f.names {
		if strings.EqualFold(field, name) {
			return v, true
		}
	}
	return f.names.Get(name)
}

func grouped(pairs []Param) names {
	out := names{}
	for _, p := range pairs {
		values, _ := out[p.Name].(mustache.List)
		out[p.Name] = append(values, p.Value)
	}
	return out
}

// namesJSON are the names as JSON.
func namesJSON(n names) jsondoc.Value {
	members := make([]jsondoc.Member, 0, len(n))
	for _, key := range slices.Sorted(maps.Keys(n)) {
		members = append(members, jsondoc.M(key, valueJSON(n[key])))
	}
	return jsondoc.Object(members...)
}

func valueJSON(v mustache.Value) jsondoc.Value {
	switch v := v.(type) {
	case nil:
		return jsondoc.Null()
	case bool:
		return jsondoc.Bool(v)
	case mustache.Number:
		return jsondoc.Number(string(v))
	case mustache.List:
		items := make([]jsondoc.Value, len(v))
		for i, item := range v {
			items[i] = valueJSON(item)
		}
		return jsondoc.Array(items...)
	case names:
		return namesJSON(v)
	case fieldNames:
		return namesJSON(v.names)
	}
	return jsondoc.String(mustache.Text(v))
}
