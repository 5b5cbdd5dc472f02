package expectations

import (
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// schemaReadings says how the value of a header, parameter or cookie is read
// for a schema: as the string it is, as the JSON it may be (a number, say), or
// all values of a name as an array. An empty one fulfils no schema that is not
// nullable (MockServer NottableSchemaString).
type schemaReadings struct {
	asString, asJSON, asList, asObject, nullable bool
	// typed says that it is told by a type, not guessed.
	typed bool
}

func readingsOf(doc jsondoc.Value) (r schemaReadings) {
	nullable, _ := doc.Get("nullable")
	r.nullable = nullable.Bool
	declared, typed := doc.Get("type")
	if !typed {
		for _, keyword := range []string{"pattern", "format", "minLength", "maxLength"} {
			if _, ok := doc.Get(keyword); ok {
				r.asString = true
				return r
			}
		}
		r.asString, r.asJSON = true, true
		return r
	}
	r.typed = true
	types := declared.Items
	if declared.Kind == jsondoc.KindString {
		types = []jsondoc.Value{declared}
	}
	for _, t := range types {
		switch t.Text {
		case "string":
			r.asString = true
		case "array":
			r.asJSON, r.asList = true, true
		case "object":
			r.asJSON, r.asObject = true, true
		default:
			r.asJSON = true
		}
	}
	return r
}

// A schemaWalk gathers what a schema says of objects and lists where it does
// so by reference or is put together.
type schemaWalk struct {
	root jsondoc.Value
	into *schema
	// asString says that a type was met that is string.
	asString bool
	// left is how many schemas are still looked at.
	left int
}

// maxSchemaWalk bounds how many schemas a walk looks at: one may refer to
// itself.
const maxSchemaWalk = 200

func (w *schemaWalk) compose(doc jsondoc.Value) {
	if w.left--; w.left < 0 {
		return
	}
	r := readingsOf(doc)
	w.into.typed = w.into.typed || r.typed
	w.into.asList = w.into.asList || r.asList
	w.asString = w.asString || r.asString && r.typed
	declared, isObject := doc.Get("properties")
	w.into.asObject = w.into.asObject || r.asObject || isObject && !r.typed
	w.into.asJSON = w.into.asJSON || w.into.asList || w.into.asObject
	if isObject {
		for _, p := range declared.Members {
			if w.into.properties == nil {
				w.into.properties = make(map[string]schemaReadings, len(declared.Members))
			}
			w.into.properties[p.Name] = w.member(p.Value)
		}
	}
	if others, ok := doc.Get("additionalProperties"); ok && others.Kind == jsondoc.KindObject {
		w.into.others, w.into.open = w.member(others), true
	}
	if target, ok := w.target(doc); ok {
		w.compose(target)
	}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		parts, _ := doc.Get(keyword)
		for _, part := range parts.Items {
			w.compose(part)
		}
	}
}

// member is how the value of a property is read, which may be referred to.
func (w *schemaWalk) member(doc jsondoc.Value) schemaReadings {
	for w.left > 0 {
		target, ok := w.target(doc)
		if !ok {
			break
		}
		w.left--
		doc = target
	}
	return readingsOf(doc)
}

// target is what a $ref within the schema leads to.
func (w *schemaWalk) target(doc jsondoc.Value) (jsondoc.Value, bool) {
	ref, _ := doc.Get("$ref")
	pointer, ok := strings.CutPrefix(ref.Text, "#/")
	if !ok {
		return jsondoc.Value{}, false
	}
	at := w.root
	for name := range strings.SplitSeq(pointer, "/") {
		name = strings.NewReplacer("~1", "/", "~0", "~").Replace(DecodedPath(name))
		if at, ok = at.Get(name); !ok {
			return jsondoc.Value{}, false
		}
	}
	return at, true
}
