package expectations

import "strings"

// ParametersBody wants the body, read as an HTML form
// (application/x-www-form-urlencoded), to fulfil Parameters.
type ParametersBody struct {
	Parameters MultiMatcher
}

// Type is "PARAMETERS".
func (ParametersBody) Type() string { return "PARAMETERS" }

func (p ParametersBody) compile() (bodyTest, error) {
	m, err := compileMulti("body", p.Parameters, compileText)
	if err != nil {
		return nil, err
	}
	return &parametersTest{m}, nil
}

func (p ParametersBody) equal(other BodyKind) bool {
	o, ok := other.(ParametersBody)
	return ok && equalMulti(p.Parameters, o.Parameters)
}

func (ParametersBody) sample() ([]byte, bool) { return nil, false }

type parametersTest struct{ multi multi }

func (t *parametersTest) test(b *bodyView) bool {
	return b.whole() && t.multi.match(t.multi.fromQuery(strings.TrimSpace(b.string())))
}

func (t *parametersTest) want() string {
	parts := make([]string, len(t.multi.entries))
	for i := range t.multi.entries {
		parts[i] = t.multi.entries[i].String()
	}
	return strings.Join(parts, "&")
}
