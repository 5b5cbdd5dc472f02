package pact

import "github.com/pactape/pactape/expectations/jsondoc"

// XMLTree reads an XML document as the tree that bodies are compared by: the
// name of the root, and each element as an object of its attributes (@name),
// its text (#text, where there is any or nothing else) and, by name, lists of
// the elements inside. Names are those in the paths of matching rules: with
// the URI of their namespace in front, if they have one.
func XMLTree(data []byte) (root string, tree jsondoc.Value, err error) {
	e, err := parseXML(data)
	if err != nil {
		return "", jsondoc.Value{}, err
	}
	return e.key(), e.tree(), nil
}

func (e *xmlElement) tree() jsondoc.Value {
	out := jsondoc.Object()
	for _, a := range e.attributes {
		out.Members = append(out.Members, jsondoc.M("@"+a.key, jsondoc.String(a.value)))
	}
	if e.text != "" || len(e.children) == 0 {
		out.Members = append(out.Members, jsondoc.M("#text", jsondoc.String(e.text)))
	}
	places := make(map[string]int)
	for _, c := range e.children {
		i, ok := places[c.key()]
		if !ok {
			i = len(out.Members)
			places[c.key()] = i
			out.Members = append(out.Members, jsondoc.M(c.key(), jsondoc.Array()))
		}
		list := &out.Members[i].Value
		list.Items = append(list.Items, c.tree())
	}
	return out
}
