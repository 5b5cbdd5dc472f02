package wire

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A decoder collects what is wrong with one document while it is read. After
// a problem reading goes on, so that all are found at once.
type decoder struct {
	problems []string
	path     []string // steps below the root, each ".name" or "[n]"
	// load reads descriptions that are named.
	load OpenAPILoader
	// failed is why the first that cannot be read cannot.
	failed error
}

// fail notes a description that cannot be read.
func (d *decoder) fail(err error) {
	if d.failed == nil {
		d.failed = err
	}
}

// result is the error for doc, which should have been a what.
func (d *decoder) result(what string, doc jsondoc.Value) error {
	if len(d.problems) > 0 {
		return invalid(what, doc, d.problems)
	}
	return d.failed
}

// A field is one member that an object of type T may have.
type field[T any] struct {
	name   string
	decode func(d *decoder, v jsondoc.Value, into *T)
}

// object reads the members of v, which must be an object, by the table. null
// stands for absent.
func object[T any](d *decoder, v jsondoc.Value, fields []field[T], into *T) {
	if !d.is(v, jsondoc.KindObject) {
		return
	}
	for i := range v.Members {
		m := &v.Members[i]
		f := fieldCalled(fields, m.Name)
		d.push(m.Name)
		switch {
		case f == nil:
			d.undefined(m.Name, fieldNames(fields))
		case m.Value.Kind != jsondoc.KindNull:
			f.decode(d, m.Value, into)
		}
		d.pop()
	}
}

func fieldCalled[T any](fields []field[T], name string) *field[T] {
	for i := range fields {
		if fields[i].name == name {
			return &fields[i]
		}
	}
	return nil
}

func fieldNames[T any](fields []field[T]) []string {
	names := make([]string, len(fields))
	for i := range fields {
		names[i] = fields[i].name
	}
	return names
}

func (d *decoder) push(name string) { d.path = append(d.path, step(name)) }

func (d *decoder) pushIndex(i int) {
	d.path = append(d.path, "["+strconv.Itoa(i)+"]")
}

func (d *decoder) pop() { d.path = d.path[:len(d.path)-1] }

// step is how a JSON path goes to a member (RFC 9535 §2.5.1).
func step(name string) string {
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_', c == '-', c >= 0x80:
		default:
			return "['" + name + "']"
		}
	}
	return "." + name
}

// maxProblems bounds how many problems of one document are told.
const maxProblems = 100

// problem notes what is wrong at the current place.
func (d *decoder) problem(format string, args ...any) {
	if len(d.problems) == maxProblems {
		return
	}
	d.problems = append(d.problems, "$"+strings.Join(d.path, "")+": "+fmt.Sprintf(format, args...))
}

// undefined notes a member that should not be there.
func (d *decoder) undefined(name string, allowed []string) {
	if len(d.problems) == maxProblems {
		return
	}
	text := "is not defined in the schema and the schema does not allow additional properties"
	if near := nearest(name, allowed); near != "" {
		text += fmt.Sprintf(" (did you mean %q?)", near)
	}
	d.problem("%s", text)
}

// unsupported notes what MockServer has and this version has not.
func (d *decoder) unsupported(remedy string) {
	d.problem("is not supported by this version: %s", remedy)
}

// is notes a problem if v is of another kind.
func (d *decoder) is(v jsondoc.Value, want jsondoc.Kind) bool {
	if v.Kind == want {
		return true
	}
	d.problem("%s found, %s expected", kindOf(v), want)
	return false
}

// kindOf is the type of v as JSON Schema names it.
func kindOf(v jsondoc.Value) string {
	if v.Kind == jsondoc.KindNumber && jsondoc.IsInteger(v.Text) {
		return "integer"
	}
	return v.Kind.String()
}

func (d *decoder) text(v jsondoc.Value) string {
	if !d.is(v, jsondoc.KindString) {
		return ""
	}
	return v.Text
}

func (d *decoder) boolean(v jsondoc.Value) bool {
	return d.is(v, jsondoc.KindBool) && v.Bool
}

// integer reads a whole number between lowest and highest.
func (d *decoder) integer(v jsondoc.Value, lowest, highest int64) int64 {
	if v.Kind != jsondoc.KindNumber || !jsondoc.IsInteger(v.Text) {
		d.problem("%s found, integer expected", kindOf(v))
		return 0
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	if err != nil || n < lowest || n > highest {
		d.problem("must be between %d and %d", lowest, highest)
		return 0
	}
	return n
}

// oneOf reads one of the given words.
func (d *decoder) oneOf(v jsondoc.Value, words ...string) string {
	s := d.text(v)
	if v.Kind != jsondoc.KindString {
		return ""
	}
	if slices.Contains(words, s) {
		return s
	}
	d.problem("does not have a value in the enumeration [\"%s\"]", strings.Join(words, "\", \""))
	return ""
}

// base64 reads bytes (RFC 4648 §4).
func (d *decoder) base64(v jsondoc.Value) []byte {
	b, err := base64.StdEncoding.DecodeString(d.text(v))
	if err != nil {
		d.problem("is not base64: %v", err)
		return nil
	}
	return b
}

// nearest is the allowed name that name is likely a slip for, or "".
func nearest(name string, allowed []string) string {
	best, bound := "", 1+len(name)/4
	for _, a := range allowed {
		if strings.EqualFold(a, name) {
			return a
		}
		if n := distance(name, a, bound); n <= bound {
			best, bound = a, n-1
		}
	}
	return best
}

// distance is the number of edits (insert, delete, replace, swap) between a
// and b, or more than limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, last, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(last[j]+1, next[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, last, next = last, next, before
	}
	return last[len(b)]
}
