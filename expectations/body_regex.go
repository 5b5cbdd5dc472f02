package expectations

// RegexBody wants the whole body as text to match Pattern (see [Text]: equal
// ignoring case, or matched by it as a regular expression). A request without
// a body matches only an empty Pattern.
type RegexBody struct {
	Pattern string
}

// Type is "REGEX".
func (RegexBody) Type() string { return "REGEX" }

func (r RegexBody) compile() (bodyTest, error) {
	p, err := compilePattern("body", r.Pattern)
	if err != nil {
		return nil, err
	}
	return &regexTest{p}, nil
}

func (r RegexBody) equal(other BodyKind) bool { return BodyKind(r) == other }

func (r RegexBody) sample() ([]byte, bool) { return []byte(r.Pattern), true }

type regexTest struct{ pattern pattern }

func (r *regexTest) test(b *bodyView) bool {
	if r.pattern.value == "" || len(b.content.Bytes) == 0 {
		return r.pattern.value == "" // no body matches no expression
	}
	return r.pattern.anything() || b.whole() && r.pattern.match(b.string())
}

func (r *regexTest) want() string { return "matching " + r.pattern.value }
