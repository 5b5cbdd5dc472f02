package openapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// maxNodes bounds what a YAML document stands for, aliases written out.
const maxNodes = 1 << 20

// maxDepth bounds how deep a YAML document goes.
const maxDepth = 500

// ParseTree reads JSON, or YAML 1.2 of one document, as JSON. Members keep
// their order; dates and other scalars that JSON does not have are strings.
// Anchors are written out, up to a bound. Of a name that is there twice the
// first is refused in YAML and dropped in JSON.
func ParseTree(data []byte) (jsondoc.Value, error) {
	if trimmed := bytes.TrimLeft(data, "\ufeff \t\r\n"); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
		doc, err := jsondoc.Parse(trimmed)
		if err == nil {
			return doc, nil
		}
		// YAML has braces too.
		if tree, yamlErr := parseYAML(data); yamlErr == nil {
			return tree, nil
		}
		return jsondoc.Value{}, err
	}
	return parseYAML(data)
}

func parseYAML(data []byte) (v jsondoc.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = jsondoc.Value{}, fmt.Errorf("not YAML: %v", r)
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var node yaml.Node
	if err := decoder.Decode(&node); err != nil {
		if errors.Is(err, io.EOF) {
			return jsondoc.Value{}, errors.New("nothing is in it")
		}
		return jsondoc.Value{}, err
	}
	var second yaml.Node
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return jsondoc.Value{}, errors.New("one YAML document is wanted, there is more")
	}
	left := maxNodes
	return fromYAML(&node, &left, maxDepth)
}

func fromYAML(n *yaml.Node, left *int, depth int) (jsondoc.Value, error) {
	*left--
	switch {
	case *left < 0:
		return jsondoc.Value{}, errors.New("the document is too large, aliases written out")
	case depth == 0:
		return jsondoc.Value{}, fmt.Errorf("line %d: nested too deeply", n.Line)
	}
	switch n.Kind {
	case yaml.DocumentNode:
		if len(n.Content) == 1 {
			return fromYAML(n.Content[0], left, depth-1)
		}
	case yaml.AliasNode:
		if n.Alias != nil {
			return fromYAML(n.Alias, left, depth-1)
		}
	case yaml.SequenceNode:
		out := jsondoc.Array()
		for _, item := range n.Content {
			v, err := fromYAML(item, left, depth-1)
			if err != nil {
				return v, err
			}
			out.Items = append(out.Items, v)
		}
		return out, nil
	case yaml.MappingNode:
		return mapping(n, left, depth)
	case yaml.ScalarNode:
		return scalar(n)
	}
	return jsondoc.Null(), nil
}

func mapping(n *yaml.Node, left *int, depth int) (jsondoc.Value, error) {
	out := jsondoc.Object()
	names := make(map[string]bool)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		for key.Kind == yaml.AliasNode && key.Alias != nil {
			key = key.Alias
		}
		value, err := fromYAML(n.Content[i+1], left, depth-1)
		switch {
		case err != nil:
			return value, err
		case key.Kind != yaml.ScalarNode:
			return value, fmt.Errorf("line %d: a name is wanted", key.Line)
		case key.Tag == "!!merge":
			// YAML 1.1 <<, of which tools still make use: its members are
			// weaker than those beside it.
			for _, m := range value.Members {
				if !names[m.Name] {
					names[m.Name] = true
					out.Members = append(out.Members, m)
				}
			}
			continue
		case names[key.Value]:
			j := slices.IndexFunc(out.Members, func(m jsondoc.Member) bool { return m.Name == key.Value })
			out.Members[j].Value = value
			continue
		}
		names[key.Value] = true
		out.Members = append(out.Members, jsondoc.M(key.Value, value))
	}
	return out, nil
}

// scalar reads a plain value as the core schema of YAML 1.2 does (§10.3.2).
func scalar(n *yaml.Node) (jsondoc.Value, error) {
	switch n.ShortTag() {
	case "!!null":
		return jsondoc.Null(), nil
	case "!!bool":
		var b bool
		if err := n.Decode(&b); err != nil {
			return jsondoc.Value{}, err
		}
		return jsondoc.Bool(b), nil
	case "!!int":
		if jsonNumber(n.Value) {
			return jsondoc.Number(n.Value), nil
		}
		var i int64
		if err := n.Decode(&i); err == nil {
			return jsondoc.Int(i), nil
		}
	case "!!float":
		if jsonNumber(n.Value) {
			return jsondoc.Number(n.Value), nil
		}
		var f float64
		if err := n.Decode(&f); err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			return jsondoc.Number(strconv.FormatFloat(f, 'g', -1, 64)), nil
		}
	}
	return jsondoc.String(strings.ToValidUTF8(n.Value, "\ufffd")), nil
}

func jsonNumber(text string) bool {
	v, err := jsondoc.Parse([]byte(text))
	return err == nil && v.Kind == jsondoc.KindNumber
}

// pointed follows a JSON pointer in a URI fragment (RFC 6901 §6) from root.
func pointed(root jsondoc.Value, pointer string) (jsondoc.Value, bool) {
	v := root
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		if v.Kind == jsondoc.KindArray {
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(v.Items) {
				return jsondoc.Value{}, false
			}
			v = v.Items[i]
			continue
		}
		var ok bool
		if v, ok = v.Get(step); !ok {
			return jsondoc.Value{}, false
		}
	}
	return v, true
}

// orders says in which order a document has the members of its objects, by
// the names that they have together: the library keeps maps.
type orders map[string][]string

func ordersOf(v jsondoc.Value) orders {
	o := make(orders)
	o.collect(v)
	return o
}

func (o orders) collect(v jsondoc.Value) {
	for _, item := range v.Items {
		o.collect(item)
	}
	if v.Kind != jsondoc.KindObject {
		return
	}
	names := make([]string, 0, len(v.Members))
	for _, m := range v.Members {
		names = append(names, m.Name)
		o.collect(m.Value)
	}
	o.add(names)
	o.add(slices.DeleteFunc(slices.Clone(names), func(name string) bool { return strings.HasPrefix(name, "x-") }))
}

func (o orders) add(names []string) {
	if key := orderKey(names); len(names) > 1 && o[key] == nil {
		o[key] = names
	}
}

func orderKey(names []string) string {
	return strings.Join(slices.Sorted(slices.Values(names)), "\x00")
}

// sort puts names in the order that the document has them in, or that of the
// alphabet.
func (o orders) sort(names []string) []string {
	if order := o[orderKey(names)]; order != nil {
		return slices.Clone(order)
	}
	return slices.Sorted(slices.Values(names))
}

// apply puts the members of all objects of a value in order; where there is
// none they stay as they are.
func (o orders) apply(v jsondoc.Value) jsondoc.Value {
	switch v.Kind {
	case jsondoc.KindArray:
		for i := range v.Items {
			v.Items[i] = o.apply(v.Items[i])
		}
	case jsondoc.KindObject:
		names := make([]string, 0, len(v.Members))
		for _, m := range v.Members {
			names = append(names, m.Name)
		}
		if order := o[orderKey(names)]; order != nil {
			names = order
		}
		out := jsondoc.Object()
		for _, name := range names {
			value, _ := v.Get(name)
			out.Members = append(out.Members, jsondoc.M(name, o.apply(value)))
		}
		return out
	case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindString:
	}
	return v
}
