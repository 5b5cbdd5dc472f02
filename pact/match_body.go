package pact

import (
	"bytes"
	"fmt"
	"slices"
)

// A bodyMatch is the comparison of one body.
type bodyMatch struct {
	want *example
	got  *content
	// rules and headerRules are those of the body and of the headers, one of
	// which may let the content type differ.
	rules, headerRules ruleSet
	// strict is the direction of requests, brief asks for the verdict alone.
	strict, brief bool
}

// expectedType is the content type that an example body is compared as.
func expectedType(b Body, headers Fields) string {
	switch {
	case b.ContentType != "":
		return b.ContentType
	case headers.contentType() != "":
		return headers.contentType()
	}
	return sniff(b.Content())
}

func (b bodyMatch) report(kind MismatchKind, message string) []Mismatch {
	m := Mismatch{
		Kind: kind, In: CategoryBody, Path: "$",
		Want: clip(printable(b.want.Content())), Got: clip(printable(b.got.bytes)), Message: message,
	}
	return []Mismatch{m}
}

// run compares the bodies. The content type decides how; where the types
// differ, the bodies are not comparable.
func (b bodyMatch) run() []Mismatch {
	want, got := b.want.content().media, b.got.media
	if !want.accepts(got) && !b.typeRuled() {
		if !b.want.present() {
			return nil
		}
		found := b.report(BodyTypeMismatch, fmt.Sprintf(
			"expected a body of type '%s' but the content type was '%s'", want, got))
		found[0].Want, found[0].Got = want.String(), got.String()
		return found
	}
	switch {
	case b.want.Kind == BodyAbsent:
		return nil
	case b.want.Kind == BodyEmpty, b.want.Kind == BodyNull:
		if len(b.got.bytes) == 0 {
			return nil
		}
		return b.report(BodyMismatch, "expected an empty body")
	case len(b.got.bytes) == 0:
		return b.report(BodyMismatch, "expected a body but there was none")
	}
	return b.content(want)
}

// typeRuled reports whether a rule on the Content-Type header accepts the type
// that was got.
func (b bodyMatch) typeRuled() bool {
	entry, _ := b.headerRules.best([]step{{name: "content-type"}})
	return entry != nil && entry.text(b.want.content().kind, b.got.kind) == nil
}

// content compares two bodies that are there.
func (b bodyMatch) content(t media) []Mismatch {
	switch {
	case t.isJSON():
		return b.json()
	case t.isForm():
		f := fieldMatch{
			kind: BodyMismatch, in: CategoryBody, what: "form field", rules: b.rules, brief: b.brief,
			place: func(name string) string { return pathOf([]step{{name: name}}) },
		}
		return f.fields(b.want.content().asForm(), b.got.asForm())
	case t.isXML():
		return b.xml()
	case t.isMultipart():
		return b.multipart()
	}
	return b.text(t)
}

func (b bodyMatch) json() []Mismatch {
	want, err := b.want.content().asJSON()
	if err != nil {
		return b.report(BodyMismatch, "the example is not valid JSON: "+err.Error())
	}
	got, err := b.got.asJSON()
	if err != nil {
		return b.report(BodyMismatch, "expected a JSON body but it is not valid JSON: "+err.Error())
	}
	if !b.brief {
		return matchJSON(want, got, b.rules, b.strict)
	}
	if b.got.walker == nil {
		b.got.walker = new(walker)
	}
	w := b.got.walker // one contract after another is compared with this body
	w.rules, w.strict, w.brief, w.found = b.rules, b.strict, true, nil
	w.unique = b.want.content().unique
	w.compare(want, got)
	return w.found
}

// text compares the bodies as a whole, by the rules at the root if there are
// any. What is neither text nor of an unknown type is bytes, which some rules
// are not about, as in the reference; so is what a rule says to be of another
// type than declared.
func (b bodyMatch) text(t media) []Mismatch {
	want := b.want.Content()
	if entry, _ := b.rules.best(nil); entry != nil {
		asBytes := !t.unknown() && (!t.isText() || slices.ContainsFunc(entry.rules, func(r rule) bool {
			c, ok := r.(contentTypeRule)
			return ok && c.want != t.String()
		}))
		return mismatches(b.report(BodyMismatch, "")[0], entry.judge(func(r rule) string {
			if asBytes && !aboutBytes(r) {
				return fmt.Sprintf("a body of type '%s' is compared by its bytes, which such a rule cannot match", t)
			}
			return r.text(string(want), string(b.got.bytes))
		}))
	}
	switch {
	case bytes.Equal(want, b.got.bytes):
		return nil
	case t.isBinary():
		return b.report(BodyMismatch, fmt.Sprintf(
			"expected %d bytes equal to the example but was %d bytes", len(want), len(b.got.bytes)))
	}
	return b.report(BodyMismatch, fmt.Sprintf("expected '%s' but was '%s'",
		clip(printable(want)), clip(printable(b.got.bytes))))
}

// aboutBytes reports whether a rule can be held against bytes.
func aboutBytes(r rule) bool {
	switch r.(type) {
	case equalityRule, typeRule, regexRule, includeRule, contentTypeRule, notEmptyRule:
		return true
	}
	return false
}
