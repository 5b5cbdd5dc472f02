package expectations

import (
	"maps"

	"github.com/pactape/pactape/expectations/xmldoc"
)

// XPathBody wants the body to be an XML document of which Path, an XPath 1.0
// expression, is true: it finds a node, or its value is true, a number other
// than 0, or a text that is not empty (MockServer XPathMatcher).
type XPathBody struct {
	Path string
	// Namespaces has the URLs for the prefixes in Path; see
	// [xmldoc.CompileXPath].
	Namespaces map[string]string
}

// Type is "XPATH".
func (XPathBody) Type() string { return "XPATH" }

func (x XPathBody) compile() (bodyTest, error) {
	path, err := xmldoc.CompileXPath(x.Path, x.Namespaces)
	if err != nil {
		return nil, &PatternError{Field: "body", Pattern: x.Path, Err: err, What: "XPath"}
	}
	return &xpathTest{path}, nil
}

func (x XPathBody) equal(other BodyKind) bool {
	o, ok := other.(XPathBody)
	return ok && x.Path == o.Path && maps.Equal(x.Namespaces, o.Namespaces)
}

func (XPathBody) sample() ([]byte, bool) { return nil, false }

type xpathTest struct{ path *xmldoc.XPath }

func (t *xpathTest) test(b *bodyView) bool { return t.reason(b) == "" }

func (t *xpathTest) want() string { return "XML of which is true: " + t.path.String() }

// reason says what is in the way.
func (t *xpathTest) reason(b *bodyView) string {
	doc, err := b.xmlDocument()
	if err != nil {
		return "not XML: " + err.Error()
	}
	switch ok, err := t.path.Holds(doc); {
	case err != nil:
		return err.Error()
	case !ok:
		return "it is not"
	}
	return ""
}
