package pact

import "github.com/pactape/pactape/expectations/jsondoc"

// A MismatchKind says what did not match, in the reference's words.
type MismatchKind string

// The kinds of mismatch of Pact's verifiers, and our own.
const (
	MethodMismatch   MismatchKind = "MethodMismatch"
	PathMismatch     MismatchKind = "PathMismatch"
	QueryMismatch    MismatchKind = "QueryMismatch"
	HeaderMismatch   MismatchKind = "HeaderMismatch"
	StatusMismatch   MismatchKind = "StatusMismatch"
	BodyTypeMismatch MismatchKind = "BodyTypeMismatch"
	BodyMismatch     MismatchKind = "BodyMismatch"
	// UnsupportedRule is a matching rule that cannot be judged; it fails its
	// interaction rather than being ignored.
	UnsupportedRule MismatchKind = "UnsupportedRule"
)

// A Mismatch is one difference between what a contract says and what was got.
type Mismatch struct {
	// Kind says what did not match.
	Kind MismatchKind
	// In is the part of the message.
	In Category
	// Path is the place in it: a header or parameter name, or a path
	// expression into the body; empty for the part as a whole.
	Path string
	// Want and Got are the two values as text, cut where long. Either is
	// empty where there is none.
	Want, Got string
	// Message says it in a sentence.
	Message string
}

// Place is the part and the path as a reader knows them, e.g. "status",
// "header Location" or "body $.items[0].id".
func (m Mismatch) Place() string {
	if m.Path == "" {
		return string(m.In)
	}
	return string(m.In) + " " + m.Path
}

// JSON is the mismatch as it appears in results.
func (m Mismatch) JSON() jsondoc.Value {
	members := []jsondoc.Member{
		jsondoc.M("type", jsondoc.String(string(m.Kind))),
		jsondoc.M("in", jsondoc.String(string(m.In))),
	}
	for _, text := range [...]struct{ name, value string }{
		{"path", m.Path}, {"expected", m.Want}, {"actual", m.Got},
	} {
		if text.value != "" {
			members = append(members, jsondoc.M(text.name, jsondoc.String(text.value)))
		}
	}
	return jsondoc.Object(append(members, jsondoc.M("mismatch", jsondoc.String(m.Message)))...)
}
