package openapi

import (
	"cmp"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/pactape/pactape/expectations"
)

// styleDefaults are the styles of parameters that name none (OpenAPI 3.1
// §4.8.12.2.1).
var styleDefaults = map[string]string{
	openapi3.ParameterInQuery: "form", openapi3.ParameterInCookie: "form",
	openapi3.ParameterInPath: "simple", openapi3.ParameterInHeader: "simple",
}

// parameterStyles are the styles there are, by place: one is for no other.
var parameterStyles = map[string]map[string]expectations.ParameterStyle{
	openapi3.ParameterInPath: {
		"simple": expectations.StyleSimple, "label": expectations.StyleLabel, "matrix": expectations.StyleMatrix,
	},
	openapi3.ParameterInQuery: {
		"form": expectations.StyleForm, "spaceDelimited": expectations.StyleSpaceDelimited,
		"pipeDelimited": expectations.StylePipeDelimited, "deepObject": expectations.StyleDeepObject,
	},
	openapi3.ParameterInHeader: {"simple": expectations.StyleSimple},
	openapi3.ParameterInCookie: {"form": expectations.StyleForm, "cookie": expectations.StyleForm},
}

// parameterStyle says how a parameter's value is written (OpenAPI 3.1
// §4.8.12.2.1). Outside of the path that makes a difference to lists and
// objects alone.
func parameterStyle(p *openapi3.Parameter) expectations.ParameterStyle {
	if p.In != openapi3.ParameterInPath && (p.Schema == nil || !several(p.Schema)) {
		return ""
	}
	name := cmp.Or(p.Style, styleDefaults[p.In])
	style, known := parameterStyles[p.In][name]
	exploded := name == "form" || name == "cookie"
	if p.Explode != nil {
		exploded = *p.Explode
	}
	if known && exploded && style != expectations.StyleDeepObject {
		return style + "_EXPLODED"
	}
	return style
}

// several reports whether values of a schema can be lists or objects, by its
// types or those of what it is made of.
func several(ref *openapi3.SchemaRef) bool {
	left := maxDefinitions
	var look func(ref *openapi3.SchemaRef) bool
	look = func(ref *openapi3.SchemaRef) bool {
		if left--; left < 0 || ref == nil || ref.Value == nil {
			return false
		}
		s := ref.Value
		if s.Type.Includes("array") || s.Type.Includes("object") || s.Type.IsEmpty() && len(s.Properties) > 0 {
			return true
		}
		for _, parts := range []openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf} {
			if slices.ContainsFunc(parts, look) {
				return true
			}
		}
		return false
	}
	return look(ref)
}
