package clientcode

import (
	"maps"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// body is a call with a condition on a body.
func (j *javaText) body(level int, b *expectations.BodyMatcher) {
	if b == nil {
		return
	}
	if p, ok := b.Kind.(expectations.ParametersBody); ok && !b.Not && !b.Optional {
		j.block(level, "Body", func(level int) {
			j.line(level, "new ParameterBody(")
			j.entries(level+1, "Parameter", p.Parameters.Entries)
			j.line(level, ")")
		})
		return
	}
	code := javaBody(b.Kind)
	if b.Optional {
		code += ".withOptional(true)"
	}
	if b.Not {
		code = "Not.not(" + code + ")"
	}
	j.with(level, "Body", code)
}

// javaBody is code for a condition on a body.
func javaBody(kind expectations.BodyKind) string {
	switch k := kind.(type) {
	case expectations.StringBody:
		if k.SubString {
			return "StringBody.subString(" + javaString(k.Value) + ")"
		}
		return "new StringBody(" + javaString(k.Value) + ")"
	case expectations.RegexBody:
		return "new RegexBody(" + javaString(k.Pattern) + ")"
	case expectations.JSONBody:
		match := "ONLY_MATCHING_FIELDS"
		if k.Strict {
			match = "STRICT"
		}
		return "new JsonBody(" + javaString(jacksonText(string(k.Raw))) + ", JsonBodyMatchType." + match + ")"
	case expectations.JSONSchemaBody:
		return "new JsonSchemaBody(" + javaString(jacksonText(string(k.Schema))) + ")"
	case expectations.JSONPathBody:
		return "new JsonPathBody(" + javaString(k.Path) + ")"
	case expectations.XMLBody:
		return "new XmlBody(" + javaString(k.Value) + ")"
	case expectations.XPathBody:
		return javaXPath(k)
	case expectations.GraphQLBody:
		return javaGraphQL(k)
	case expectations.ParametersBody:
		var j javaText
		j.entries(0, "Parameter", k.Parameters.Entries)
		return "new ParameterBody(" + strings.ReplaceAll(strings.TrimPrefix(j.String(), "\n"), "\n", " ") + ")"
	case expectations.BinaryBody:
		return javaBytes(k.Bytes)
	}
	return "null /*NOT POSSIBLE TO GENERATE CODE FOR BODY " + kind.Type() + "*/"
}

func javaXPath(k expectations.XPathBody) string {
	code := "new XPathBody(" + javaString(k.Path)
	if len(k.Namespaces) > 0 {
		var pairs []string
		for _, prefix := range slices.Sorted(maps.Keys(k.Namespaces)) {
			pairs = append(pairs, "java.util.Map.entry("+javaString(prefix)+", "+javaString(k.Namespaces[prefix])+")")
		}
		code += ", java.util.Map.ofEntries(" + strings.Join(pairs, ", ") + ")"
	}
	return code + ")"
}

func javaGraphQL(k expectations.GraphQLBody) string {
	code := "GraphQLBody.graphQL(" + javaString(k.Query)
	if k.OperationName != "" || k.VariablesSchema != nil {
		name := "null"
		if k.OperationName != "" {
			name = javaString(k.OperationName)
		}
		code += ", " + name
	}
	if k.VariablesSchema != nil {
		code += ", " + javaString(jacksonText(string(k.VariablesSchema)))
	}
	return code + ")"
}

// answerBody is code for the body of an answer, "" for an empty one.
func answerBody(b *expectations.AnswerBody) string {
	switch {
	case b.Kind == expectations.AnswerFile:
		return "new FileBody(" + javaString(b.File) + ")"
	case b.Kind == expectations.AnswerBinary:
		return javaBytes(b.Bytes)
	case len(b.Bytes) == 0:
		return ""
	}
	return javaString(string(b.Bytes))
}

// jacksonText is JSON as Jackson prints it.
func jacksonText(json string) string {
	doc, err := jsondoc.ParseLenient([]byte(json))
	if err != nil {
		return json
	}
	return string(doc.AppendJackson(nil))
}
