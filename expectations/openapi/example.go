package openapi

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// Bounds of a generated example.
const (
	maxExampleDepth  = 20
	maxExampleValues = 10_000
	maxExampleItems  = 20
	maxExampleText   = 10_000
)

// generate makes up a value that fulfils a schema: what the schema itself
// gives as example, default, constant or enumeration, else one of the values
// that MockServer gives for a type and format (MockServer 7 ExampleBuilder).
// Of oneOf and anyOf it is the first; allOf is joined. A member that leads
// back to where it is in is left out.
func (d *description) generate(ref *openapi3.SchemaRef) jsondoc.Value {
	g := &generator{orders: d.orders, open: make(map[*openapi3.Schema]bool), left: maxExampleValues}
	v, _ := g.value(ref, maxExampleDepth)
	return v
}

// A generator makes one example.
type generator struct {
	orders orders
	// open are the schemas that the value being made is in.
	open map[*openapi3.Schema]bool
	left int
}

// value is an example; ok is false where one would not end.
func (g *generator) value(ref *openapi3.SchemaRef, depth int) (v jsondoc.Value, ok bool) {
	if ref == nil || ref.Value == nil {
		return jsondoc.Null(), true
	}
	s := ref.Value
	if g.left--; depth == 0 || g.left < 0 || g.open[s] {
		return jsondoc.Null(), false
	}
	if v, ok := givenBy(s); ok {
		return v, true
	}
	g.open[s] = true
	defer delete(g.open, s)
	switch {
	case len(s.AllOf) > 0:
		return g.all(s, depth)
	case len(s.OneOf) > 0:
		return g.first(s.OneOf, depth)
	case len(s.AnyOf) > 0:
		return g.first(s.AnyOf, depth)
	}
	switch typeOf(s) {
	case "object":
		return g.object(s, depth)
	case "array":
		return g.array(s, depth), true
	case "string":
		return jsondoc.String(text(s)), true
	case "integer":
		return jsondoc.Number(number(s, 0, true)), true
	case "number":
		if s.Format == "float" || s.Format == "double" {
			return jsondoc.Number(number(s, 1.1, false)), true
		}
		return jsondoc.Number(number(s, 1.5, false)), true
	case "boolean":
		return jsondoc.Bool(true), true
	}
	return jsondoc.Null(), true
}

// givenBy is a value that a schema names.
func givenBy(s *openapi3.Schema) (jsondoc.Value, bool) {
	if s.Example != nil {
		return value(s.Example)
	}
	for _, list := range [][]any{s.Examples, {s.Default}, {s.Const}, s.Enum} {
		for _, given := range list {
			if given != nil {
				return value(given)
			}
		}
	}
	return jsondoc.Value{}, false
}

// typeOf is the type of an example: the first that is not null, or what the
// keywords are about.
func typeOf(s *openapi3.Schema) string {
	for _, t := range s.Type.Slice() {
		if t != openapi3.TypeNull {
			return t
		}
	}
	switch {
	case s.Type != nil && len(*s.Type) > 0:
		return openapi3.TypeNull
	case len(s.Properties) > 0 || s.AdditionalProperties.Schema != nil:
		return openapi3.TypeObject
	case s.Items != nil:
		return openapi3.TypeArray
	case s.Format != "" || s.Pattern != "" || s.MinLength > 0 || s.MaxLength != nil:
		return openapi3.TypeString
	case s.Min != nil || s.Max != nil:
		return openapi3.TypeNumber
	}
	return ""
}

// all joins the members of what the parts make, and of the schema itself.
func (g *generator) all(s *openapi3.Schema, depth int) (jsondoc.Value, bool) {
	out := jsondoc.Object()
	add := func(members []jsondoc.Member) {
		for _, m := range members {
			if i := slices.IndexFunc(out.Members, func(have jsondoc.Member) bool { return have.Name == m.Name }); i >= 0 {
				out.Members[i] = m
				continue
			}
			out.Members = append(out.Members, m)
		}
	}
	for _, part := range s.AllOf {
		v, ok := g.value(part, depth-1)
		switch {
		case !ok:
			return v, false
		case v.Kind == jsondoc.KindObject:
			add(v.Members)
		case v.Kind != jsondoc.KindNull && len(s.Properties) == 0:
			return v, true
		}
	}
	own, ok := g.object(s, depth)
	add(own.Members)
	return out, ok
}

// first is the first of the alternatives that ends, null the last of all.
func (g *generator) first(alternatives openapi3.SchemaRefs, depth int) (jsondoc.Value, bool) {
	null := false
	for _, one := range alternatives {
		v, ok := g.value(one, depth-1)
		if ok && v.Kind != jsondoc.KindNull {
			return v, true
		}
		null = null || ok
	}
	return jsondoc.Null(), null
}

func (g *generator) object(s *openapi3.Schema, depth int) (jsondoc.Value, bool) {
	out := jsondoc.Object()
	for _, name := range g.orders.sort(slices.Collect(maps.Keys(s.Properties))) {
		property := s.Properties[name]
		if property != nil && property.Value != nil && property.Value.WriteOnly {
			continue // never answered (OpenAPI 3.1 §4.8.24.4)
		}
		v, ok := g.value(property, depth-1)
		switch {
		case ok:
			out.Members = append(out.Members, jsondoc.M(name, v))
		case slices.Contains(s.Required, name):
			return jsondoc.Null(), false
		}
	}
	if more := s.AdditionalProperties.Schema; more != nil && len(s.Properties) == 0 {
		if v, ok := g.value(more, depth-1); ok {
			out.Members = append(out.Members, jsondoc.M("key", v))
		}
	}
	return out, true
}

// array is one item, or as many as there must be; none if it would not end.
func (g *generator) array(s *openapi3.Schema, depth int) jsondoc.Value {
	out := jsondoc.Array()
	for _, item := range s.PrefixItems {
		if v, ok := g.value(item, depth-1); ok {
			out.Items = append(out.Items, v)
		}
	}
	if len(s.PrefixItems) > 0 || s.Items == nil || s.MaxItems != nil && *s.MaxItems == 0 {
		return out
	}
	for range min(max(s.MinItems, 1), maxExampleItems) {
		if v, ok := g.value(s.Items, depth-1); ok {
			out.Items = append(out.Items, v)
		}
	}
	return out
}

// text is a string of a format and a length.
func text(s *openapi3.Schema) string {
	out := "some_string_value"
	switch s.Format {
	case "date":
		return "2018-11-13"
	case "date-time":
		return "2018-11-13T20:20:39+00:00"
	case "time":
		return "20:20:39+00:00"
	case "uuid":
		return "3fa85f64-5717-4562-b3fc-2c963f66afa6"
	case "email":
		return "some_email@mockserver.com"
	case "uri", "url":
		return "https://example.com/some_path"
	case "hostname":
		return "example.com"
	case "ipv4":
		return "192.0.2.1"
	case "ipv6":
		return "2001:db8::1"
	case "byte":
		out = "c29tZV9ieXRlcw=="
	}
	if least := min(s.MinLength, maxExampleText); uint64(len(out)) < least {
		out += strings.Repeat("x", int(least)-len(out))
	}
	if s.MaxLength != nil && uint64(len(out)) > *s.MaxLength {
		out = out[:*s.MaxLength]
	}
	return out
}

// number is the usual one, or the nearest that the bounds allow.
func number(s *openapi3.Schema, usual float64, whole bool) string {
	n, step := usual, 0.5
	if whole {
		step = 1
	}
	if s.MultipleOf != nil && *s.MultipleOf > 0 {
		n, step = 0, *s.MultipleOf
	}
	above := func(bound float64, exclusive bool) {
		if n < bound || exclusive && n <= bound {
			n = math.Ceil(bound/step) * step
			if exclusive && n <= bound {
				n += step
			}
		}
	}
	below := func(bound float64, exclusive bool) {
		if n > bound || exclusive && n >= bound {
			n = math.Floor(bound/step) * step
			if exclusive && n >= bound {
				n -= step
			}
		}
	}
	isTrue := func(b *bool) bool { return b != nil && *b }
	if s.Max != nil {
		below(*s.Max, isTrue(s.ExclusiveMax.Bool))
	}
	if s.ExclusiveMax.Value != nil {
		below(*s.ExclusiveMax.Value, true)
	}
	if s.Min != nil {
		above(*s.Min, isTrue(s.ExclusiveMin.Bool))
	}
	if s.ExclusiveMin.Value != nil {
		above(*s.ExclusiveMin.Value, true)
	}
	format := byte('g')
	if whole && math.Abs(n) < 1e18 {
		format = 'f'
	}
	return strconv.FormatFloat(n, format, -1, 64)
}
