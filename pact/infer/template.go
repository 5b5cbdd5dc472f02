package infer

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations/content"
)

// A segment is one step of a template.
type segment struct {
	// text is the segment as it was sent.
	text string
	// class is that of a parameter, [classLiteral] for a fixed one.
	class class
	// name is the parameter's, unique in its template.
	name string
}

// A template is a path whose ids are parameters.
type template struct{ segments []segment }

// String is the template as descriptions have it, e.g. /users/{id}.
func (t template) String() string {
	var b strings.Builder
	for _, s := range t.segments {
		b.WriteByte('/')
		if s.class == classLiteral {
			b.WriteString(s.text)
		} else {
			b.WriteString("{" + s.name + "}")
		}
	}
	return b.String()
}

// key tells templates apart that are called the same.
func (t template) key() string {
	var b strings.Builder
	for _, s := range t.segments {
		b.WriteByte('/')
		if s.class == classLiteral {
			b.WriteString(s.text)
		} else {
			b.WriteString("{" + s.name + ":" + strconv.Itoa(int(s.class)) + "}")
		}
	}
	return b.String()
}

// path is the path as it was sent.
func (t template) path() string {
	var b strings.Builder
	for _, s := range t.segments {
		b.WriteString("/" + s.text)
	}
	return b.String()
}

// pattern is an expression for the path.
func (t template) pattern() string {
	var b strings.Builder
	b.WriteByte('^')
	for _, s := range t.segments {
		b.WriteByte('/')
		if s.class == classLiteral {
			b.WriteString(quote(s.text))
		} else {
			b.WriteString(classes[s.class].pattern)
		}
	}
	b.WriteByte('$')
	return b.String()
}

// params are the segments that are parameters.
func (t template) params() []segment {
	var out []segment
	for _, s := range t.segments {
		if s.class != classLiteral {
			out = append(out, s)
		}
	}
	return out
}

// noun is what the last parameter identifies one of, "" if the path does not
// end in a parameter with a name before it.
func (t template) noun() string {
	n := len(t.segments)
	if n < 2 || t.segments[n-1].class == classLiteral || t.segments[n-2].class != classLiteral {
		return ""
	}
	return singular(t.segments[n-2].text)
}

// name gives each parameter its name: the last one that of its class, those
// before it with what they are an id of in front.
func (t template) named() template {
	used := make(map[string]bool)
	last := -1
	for i, s := range t.segments {
		if s.class != classLiteral {
			last = i
		}
	}
	for i := range t.segments {
		s := &t.segments[i]
		if s.class == classLiteral {
			continue
		}
		if s.name == "" {
			s.name = classes[s.class].name
			if i > 0 && i != last && t.segments[i-1].class == classLiteral {
				s.name = identifier(singular(t.segments[i-1].text), s.name)
			}
		}
		base := s.name
		for n := 2; used[s.name]; n++ {
			s.name = base + strconv.Itoa(n)
		}
		used[s.name] = true
	}
	return t
}

// identifier joins a noun and a name, e.g. userId.
func identifier(noun, name string) string {
	var b strings.Builder
	upper := false
	for _, r := range noun {
		switch {
		case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' && b.Len() > 0:
			if upper {
				b.WriteString(strings.ToUpper(string(r)))
			} else {
				b.WriteRune(r)
			}
			upper = false
		default:
			upper = b.Len() > 0
		}
	}
	if b.Len() == 0 {
		return name
	}
	return b.String() + strings.ToUpper(name[:1]) + name[1:]
}

// A router turns paths into templates. It observes all samples first, then
// settles, and then answers.
type router struct {
	forced []template
	weak   map[string]*weakPath
	// made are the ids and paths that a POST or a PUT made, and how.
	made map[string]string
	// deleted are the paths that were deleted.
	deleted map[string]bool
}

// A weakPath counts the samples of a path with segments that may be ids or
// names.
type weakPath struct {
	samples int
	values  []map[string]bool
	answer  string
	// mixed says that the answers differ in status or kind.
	mixed bool
}

// Bounds of what a router keeps.
const (
	maxWeakPaths  = 10_000
	maxWeakValues = 64
	maxEvidence   = 1 << 17
)

func newRouter(o Options) (*router, error) {
	r := &router{weak: make(map[string]*weakPath), made: make(map[string]string), deleted: make(map[string]bool)}
	for _, text := range o.Templates {
		t, err := parseTemplate(text)
		if err != nil {
			return nil, err
		}
		r.forced = append(r.forced, t)
	}
	return r, nil
}

// parseTemplate reads a path with {name} segments.
func parseTemplate(text string) (template, error) {
	rest, ok := strings.CutPrefix(text, "/")
	if !ok {
		return template{}, fmt.Errorf("path template %q: expected one that starts with /", text)
	}
	var t template
	for s := range strings.SplitSeq(rest, "/") {
		name, open := strings.CutPrefix(s, "{")
		name, shut := strings.CutSuffix(name, "}")
		switch {
		case open && shut && name != "" && !strings.ContainsAny(name, "{}"):
			t.segments = append(t.segments, segment{class: classGiven, name: name})
		case strings.ContainsAny(s, "{}"):
			return template{}, fmt.Errorf("path template %q: a parameter is a whole segment, {name}", text)
		default:
			t.segments = append(t.segments, segment{text: s})
		}
	}
	return t, nil
}

// fits fills a given template with a path's segments.
func (t template) fits(segments []string) (template, bool) {
	if len(segments) != len(t.segments) {
		return t, false
	}
	out := template{make([]segment, len(segments))}
	for i, s := range t.segments {
		if s.class == classLiteral && s.text != segments[i] || segments[i] == "" && s.class != classLiteral {
			return t, false
		}
		s.text = segments[i]
		out.segments[i] = s
	}
	return out, true
}

func splitPath(path string) []string { return strings.Split(strings.TrimPrefix(path, "/"), "/") }

// weakKey is the path with each id replaced by its class.
func weakKey(m *message, segments []string, kinds []class) (key string, weak bool) {
	b := append([]byte(m.request.Authority), m.request.Method...)
	for i, c := range kinds {
		b = append(b, '/')
		if c == classLiteral {
			b = append(b, segments[i]...)
			continue
		}
		b = append(b, '\x00', byte(c))
		weak = weak || !classes[c].strong
	}
	return string(b), weak
}

// observe learns from a sample.
func (r *router) observe(m *message) {
	r.evidence(m)
	segments := splitPath(m.request.Path)
	kinds := segmentClasses(segments)
	key, weak := weakKey(m, segments, kinds)
	if !weak {
		return
	}
	w := r.weak[key]
	answer := strconv.Itoa(m.response.Status) + content.MediaType(m.response.Header.Get("Content-Type"))
	if w == nil {
		if len(r.weak) >= maxWeakPaths {
			return
		}
		w = &weakPath{values: make([]map[string]bool, len(segments)), answer: answer}
		r.weak[key] = w
	}
	w.samples++
	w.mixed = w.mixed || w.answer != answer
	for i, c := range kinds {
		if classes[c].strong || c == classLiteral {
			continue
		}
		if w.values[i] == nil {
			w.values[i] = make(map[string]bool)
		}
		if len(w.values[i]) < maxWeakValues {
			w.values[i][segments[i]] = true
		}
	}
}

// settle ends the observation.
func (r *router) settle() {
	for _, w := range r.weak {
		for i, values := range w.values {
			// Five different ones, more than half of all: ids are seldom
			// asked for twice, names are.
			few := len(values) < 5 || len(values) < maxWeakValues && 2*len(values) <= w.samples
			if w.mixed || few {
				w.values[i] = nil
			}
		}
	}
}

// template is the template of a sample's path.
func (r *router) template(m *message) template {
	segments := splitPath(m.request.Path)
	for _, t := range r.forced {
		if out, ok := t.fits(segments); ok {
			return out.named()
		}
	}
	kinds := segmentClasses(segments)
	var w *weakPath
	if key, weak := weakKey(m, segments, kinds); weak {
		w = r.weak[key]
	}
	t := template{make([]segment, len(segments))}
	for i, c := range kinds {
		if c != classLiteral && !classes[c].strong && (w == nil || w.values[i] == nil) {
			c = classLiteral
		}
		t.segments[i] = segment{text: segments[i], class: c}
	}
	return t.named()
}
