package xmldoc

import (
	"math"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// JSON is the document as MockServer turns it into JSON for JSON conditions:
// the content of the root element, elements by their names as written, those of
// one name as an array, the others' texts as [Scalar] reads them. Attributes,
// empty elements and texts beside elements are left out.
func (d *Document) JSON() jsondoc.Value { return d.top.children[0].json() }

func (n *node) json() jsondoc.Value {
	var members []jsondoc.Member
	index := map[string]int{}
	several := map[string]bool{}
	content := jsondoc.Null()
	for _, child := range n.children {
		if child.isText() {
			content = Scalar(child.text)
			continue
		}
		if len(child.children) == 0 {
			continue
		}
		name, value := child.qualified(), child.json()
		i, known := index[name]
		switch {
		case !known:
			index[name] = len(members)
			members = append(members, jsondoc.M(name, value))
		case several[name]:
			members[i].Value.Items = append(members[i].Value.Items, value)
		default:
			several[name] = true
			members[i].Value = jsondoc.Array(members[i].Value, value)
		}
	}
	if members == nil {
		return content
	}
	return jsondoc.Object(members...)
}

// Scalar reads a text as null, a boolean or a number where it is one, else as
// a string without white space at its ends (MockServer JsonSchemaBodyDecoder).
func Scalar(text string) jsondoc.Value {
	text = strings.TrimSpace(text)
	switch strings.ToLower(text) {
	case "null":
		return jsondoc.Null()
	case "true":
		return jsondoc.Bool(true)
	case "false":
		return jsondoc.Bool(false)
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return jsondoc.Int(n)
	}
	if strings.Trim(text, "+-.0123456789eE") != "" {
		return jsondoc.String(text)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return jsondoc.String(text)
	}
	number := strconv.FormatFloat(f, 'g', -1, 64)
	if jsondoc.IsInteger(number) {
		number += ".0"
	}
	return jsondoc.Number(number)
}
