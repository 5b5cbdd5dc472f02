package expectations

import "strings"

// StringBody wants the body as text to equal Value, case-sensitively, or with
// SubString to contain it. A Value that is empty, or white space alone,
// matches any body.
type StringBody struct {
	Value     string
	SubString bool
}

// Type is "STRING".
func (StringBody) Type() string { return "STRING" }

func (s StringBody) compile() (bodyTest, error) { return stringTest(s), nil }

func (s StringBody) equal(other BodyKind) bool { return BodyKind(s) == other }

func (s StringBody) sample() ([]byte, bool) { return []byte(s.Value), true }

type stringTest StringBody

func (s stringTest) test(b *bodyView) bool {
	switch {
	case strings.TrimSpace(s.Value) == "":
		return true
	case b.content.Encoded:
		return false
	case s.SubString:
		return strings.Contains(b.string(), s.Value)
	}
	return !b.content.Truncated && b.string() == s.Value
}

func (s stringTest) want() string {
	if s.SubString {
		return "containing " + s.Value
	}
	return s.Value
}
