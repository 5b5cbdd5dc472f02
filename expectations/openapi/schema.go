package openapi

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// dialect is JSON Schema 2020-12, which OpenAPI 3.1 builds on; schemas of 3.0
// are brought to it.
const dialect = "https://json-schema.org/draft/2020-12/schema"

// maxDefinitions bounds what one schema brings along.
const maxDefinitions = 1000

// schema is a schema as JSON Schema that refers to nothing outside of itself.
// request says that it is of what is sent: members that are only answered are
// not required then (OpenAPI 3.1 §4.8.24.4, readOnly).
func (d *description) schema(ref *openapi3.SchemaRef, request bool) ([]byte, error) {
	v, err := d.schemaValue(ref, request)
	if err != nil {
		return nil, err
	}
	if v.Kind == jsondoc.KindObject {
		v.Members = append([]jsondoc.Member{jsondoc.M("$schema", jsondoc.String(dialect))}, v.Members...)
	}
	return v.AppendCompact(nil), nil
}

// parameterSchema is the schema of a parameter's value, "" if it has none.
func (d *description) parameterSchema(p *openapi3.Parameter) (string, error) {
	ref := p.Schema
	for _, content := range p.Content {
		if ref == nil && content != nil {
			ref = content.Schema
		}
	}
	if ref == nil {
		return "", nil
	}
	v, err := d.schemaValue(ref, true)
	if err != nil {
		return "", err
	}
	if v.IsZero() || v.Kind != jsondoc.KindObject {
		return "", nil
	}
	if _, ok := v.Get("$defs"); ok {
		v.Members = append([]jsondoc.Member{jsondoc.M("$schema", jsondoc.String(dialect))}, v.Members...)
	}
	return string(v.AppendCompact(nil)), nil
}

func (d *description) schemaValue(ref *openapi3.SchemaRef, request bool) (jsondoc.Value, error) {
	if ref.Value == nil {
		return jsondoc.Value{}, fmt.Errorf("%q leads nowhere", ref.Ref)
	}
	text, err := json.Marshal(ref.Value) // the root itself, so that its type is seen
	if err != nil {
		return jsondoc.Value{}, err
	}
	doc, err := jsondoc.Parse(text)
	if err != nil {
		return jsondoc.Value{}, err
	}
	c := &converter{description: d, request: request, named: make(map[string]string)}
	out := c.convert(doc)
	definitions := jsondoc.Object()
	for i := 0; i < len(c.queue); i++ {
		if i >= maxDefinitions {
			return jsondoc.Value{}, fmt.Errorf("a schema refers to more than %d others", maxDefinitions)
		}
		target, ok := pointed(d.root, strings.TrimPrefix(c.queue[i], "#"))
		if !ok {
			return jsondoc.Value{}, fmt.Errorf("the reference %q leads nowhere", c.queue[i])
		}
		definitions.Members = append(definitions.Members, jsondoc.M(c.named[c.queue[i]], c.convert(target)))
	}
	if len(definitions.Members) > 0 && out.Kind == jsondoc.KindObject {
		out.Members = append(out.Members, jsondoc.M("$defs", definitions))
	}
	return out, nil
}

// A converter makes JSON Schema of schemas.
type converter struct {
	description *description
	request     bool
	// queue are the references met, in order; named gives each its name.
	queue []string
	named map[string]string
}

// Keywords by what they hold. What is in none is copied; what is about people
// or about XML is left out.
var (
	schemaKeywords = []string{
		"items", "not", "contains", "additionalProperties", "propertyNames", "if", "then", "else",
		"unevaluatedItems", "unevaluatedProperties", "additionalItems",
	}
	schemaLists = []string{"allOf", "anyOf", "oneOf", "prefixItems"}
	schemaMaps  = []string{"properties", "patternProperties", "dependentSchemas"}
	leftOut     = []string{
		"example", "examples", "xml", "discriminator", "externalDocs", "deprecated", "title", "description", "default",
		"readOnly", "writeOnly", "nullable", "exclusiveMinimum", "exclusiveMaximum", "required", "enum", "type", "$ref",
		"allowEmptyValue", "contentSchema", "$defs", "$schema", "$id", "$comment",
	}
)

func (c *converter) convert(v jsondoc.Value) jsondoc.Value {
	if v.Kind != jsondoc.KindObject {
		return v // a boolean schema
	}
	out := jsondoc.Object()
	add := func(name string, value jsondoc.Value) { out.Members = append(out.Members, jsondoc.M(name, value)) }
	if ref, ok := v.Get("$ref"); ok {
		if ref.Kind == jsondoc.KindString && strings.HasPrefix(ref.Text, "#/") {
			add("$ref", jsondoc.String("#/$defs/"+c.name(ref.Text)))
		}
	}
	c.types(v, add)
	for _, m := range v.Members {
		switch {
		case slices.Contains(leftOut, m.Name), strings.HasPrefix(m.Name, "x-"):
		case slices.Contains(schemaKeywords, m.Name):
			add(m.Name, c.convert(m.Value))
		case slices.Contains(schemaLists, m.Name):
			list := jsondoc.Array()
			for _, item := range m.Value.Items {
				list.Items = append(list.Items, c.convert(item))
			}
			add(m.Name, list)
		case slices.Contains(schemaMaps, m.Name):
			members := jsondoc.Object()
			for _, member := range m.Value.Members {
				members.Members = append(members.Members, jsondoc.M(member.Name, c.convert(member.Value)))
			}
			add(m.Name, members)
		default:
			add(m.Name, m.Value)
		}
	}
	c.bounds(v, add)
	c.required(v, add)
	return out
}

// name gives the target of a reference a name of its own.
func (c *converter) name(ref string) string {
	if name, ok := c.named[ref]; ok {
		return name
	}
	base := ref[strings.LastIndexByte(ref, '/')+1:]
	name := base
	for n := 2; ; n++ {
		taken := false
		for _, other := range c.named {
			taken = taken || other == name
		}
		if !taken {
			break
		}
		name = base + strconv.Itoa(n)
	}
	c.named[ref] = name
	c.queue = append(c.queue, ref)
	return name
}

// types writes type and enum, with null for what is nullable (OpenAPI 3.0
// §4.7.24.4).
func (c *converter) types(v jsondoc.Value, add func(string, jsondoc.Value)) {
	nullable, _ := v.Get("nullable")
	null := nullable.Bool && !c.description.IsOpenAPI31OrLater()
	if kind, ok := v.Get("type"); ok {
		if null && kind.Kind == jsondoc.KindString {
			kind = jsondoc.Array(kind, jsondoc.String("null"))
		}
		add("type", kind)
	}
	if enum, ok := v.Get("enum"); ok {
		hasNull := slices.ContainsFunc(enum.Items, func(item jsondoc.Value) bool { return item.Kind == jsondoc.KindNull })
		if null && !hasNull {
			enum.Items = append(slices.Clone(enum.Items), jsondoc.Null())
		}
		add("enum", enum)
	}
}

// bounds writes exclusive bounds as numbers: 3.0 has them as booleans beside
// minimum and maximum.
func (c *converter) bounds(v jsondoc.Value, add func(string, jsondoc.Value)) {
	for _, pair := range [...][2]string{{"exclusiveMinimum", "minimum"}, {"exclusiveMaximum", "maximum"}} {
		exclusive, ok := v.Get(pair[0])
		if !ok {
			continue
		}
		if exclusive.Kind == jsondoc.KindBool {
			if bound, found := v.Get(pair[1]); exclusive.Bool && found {
				add(pair[0], bound)
			}
			continue
		}
		add(pair[0], exclusive)
	}
}

// required leaves out members that are only answered, for a request.
func (c *converter) required(v jsondoc.Value, add func(string, jsondoc.Value)) {
	required, ok := v.Get("required")
	if !ok || required.Kind != jsondoc.KindArray {
		return
	}
	out := jsondoc.Array()
	properties, _ := v.Get("properties")
	for _, name := range required.Items {
		property, _ := properties.Get(name.Text)
		if !c.request || !c.readOnly(property) {
			out.Items = append(out.Items, name)
		}
	}
	if len(out.Items) > 0 {
		add("required", out)
	}
}

// readOnly reports whether a schema, or the one it refers to, is read only.
func (c *converter) readOnly(v jsondoc.Value) bool {
	if flag, _ := v.Get("readOnly"); flag.Bool {
		return true
	}
	ref, _ := v.Get("$ref")
	if !strings.HasPrefix(ref.Text, "#/") {
		return false
	}
	target, _ := pointed(c.description.root, strings.TrimPrefix(ref.Text, "#"))
	flag, _ := target.Get("readOnly")
	return flag.Bool
}
