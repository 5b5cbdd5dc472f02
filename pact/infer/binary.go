package infer

import (
	"slices"

	"github.com/pactape/pactape/pact"
)

// addBinary merges a binary body: the first is the example of its type, unless
// any is of another than it is declared as.
func (s *side) addBinary(p *part) {
	if found, ok := pact.MagicType(p.raw); !ok || found != p.media {
		s.alien = true
	}
	if s.whole == nil && !s.alien {
		s.whole = slices.Clone(p.raw)
	}
}

// binary writes a body that is asserted by its type, which Pact V4 alone can
// carry as it is.
func (d *draft) binary(s *side, rules *pact.Rules, place string) pact.Body {
	if place == responseBody || d.options.Spec == pact.V4 {
		d.report.Total++ // the whole counts as one leaf
	}
	switch {
	case s.alien:
		d.report.notAsserted(place, "a %s body (%s) is not written into a contract: "+
			"the bytes do not show to be of that type", s.kind, s.media)
	case d.options.Spec != pact.V4:
		d.report.notAsserted(place, "a %s body (%s) is not written into a contract before Pact %s",
			s.kind, s.media, pact.V4)
	case d.ignored(place), d.widened[place] >= widenDrop:
		d.report.notAsserted(place, "samples differ, or it is ignored by an override")
	default:
		*rules = append(*rules, pact.Rule{
			Category: pact.CategoryBody, Path: pact.RootPath(), Matchers: []pact.Matcher{pact.ContentTypeMatcher(s.media)},
		})
		d.report.rule(place+" $", "contentType "+s.media, "the bytes show to be of the declared type in all of %d samples",
			d.group.samples)
		return pact.Body{Kind: pact.BodyBinary, Bytes: s.whole}
	}
	return pact.Body{}
}

// alienBodies are the beginnings of bodies of some types, by type.
func alienBodies() map[string]string {
	return map[string]string{
		"image/png":       "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
		"application/pdf": "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
		"text/plain":      "an error",
	}
}

// biteBinary counts a body asserted by its type, if bodies of other types are
// noticed and its own is not.
func (d *draft) biteBinary(s *side, example []byte, noticed func(body []byte) bool) int {
	held := !noticed(example) && noticed(nil)
	for mediaType, body := range alienBodies() {
		held = held && (mediaType == s.media || noticed([]byte(body)))
	}
	if held {
		return 1
	}
	place := responseBody
	if s == &d.group.in {
		place = requestBody
	}
	d.report.notAsserted(place, "the contract does not notice when it breaks")
	return 0
}
