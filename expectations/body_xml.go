package expectations

import "github.com/pactape/pactape/expectations/xmldoc"

// XMLBody wants the body to be an XML document similar to Value: the same
// elements, those of one name in the same order, attributes in any order, namespaces under any
// prefix; comments and white space around texts do not count. Texts and
// attribute values may be placeholders of XMLUnit, as in MockServer:
// "${xmlunit.ignore}", "${xmlunit.isNumber}", "${xmlunit.isDateTime}" and
// "${xmlunit.matchesRegex(…)}".
type XMLBody struct {
	Value string
}

// Type is "XML".
func (XMLBody) Type() string { return "XML" }

func (x XMLBody) compile() (bodyTest, error) {
	wrong := func(err error) error {
		return &PatternError{Field: "body", Pattern: x.Value, Err: err, What: "XML"}
	}
	doc, err := xmldoc.ParseText(x.Value)
	if err != nil {
		return nil, wrong(err)
	}
	pattern, err := xmldoc.Compile(doc, func(expr string) (xmldoc.Matcher, error) { return javaRegexp(expr, false) })
	if err != nil {
		return nil, wrong(err)
	}
	return &xmlTest{x, pattern}, nil
}

func (x XMLBody) equal(other BodyKind) bool { return BodyKind(x) == other }

func (x XMLBody) sample() ([]byte, bool) { return []byte(x.Value), true }

type xmlTest struct {
	source  XMLBody
	pattern *xmldoc.Pattern
}

func (t *xmlTest) test(b *bodyView) bool { return t.reason(b) == "" }

func (t *xmlTest) want() string { return "XML similar to " + t.source.Value }

// reason is the first difference.
func (t *xmlTest) reason(b *bodyView) string {
	doc, err := b.xmlDocument()
	if err != nil {
		return "not XML: " + err.Error()
	}
	return t.pattern.Difference(doc)
}
