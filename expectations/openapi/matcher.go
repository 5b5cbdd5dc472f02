package openapi

import (
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/pactape/pactape/expectations"
)

// A mediaMatcher is the condition for requests of one media type.
type mediaMatcher struct {
	// media is "" where the type is no condition.
	media   string
	matcher *expectations.RequestMatcher
}

// matchers are the conditions of the operation: one, or one for each media
// type of the body.
func (op *operation) matchers() ([]mediaMatcher, error) {
	base, err := op.matcher()
	if err != nil {
		return nil, err
	}
	if op.RequestBody == nil || op.RequestBody.Value == nil || len(op.RequestBody.Value.Content) == 0 {
		return []mediaMatcher{{"", base}}, nil
	}
	body := op.RequestBody.Value
	var out []mediaMatcher
	for _, media := range op.description.mediaTypes(body.Content) {
		m := *base
		if m.Body, err = op.body(media, body.Content[media], body.Required); err != nil {
			return nil, err
		}
		if len(body.Content) == 1 {
			return []mediaMatcher{{"", &m}}, nil
		}
		m.Headers.Entries = append(append([]expectations.NamedTexts(nil), m.Headers.Entries...), expectations.NamedTexts{
			Name:   expectations.Text{Value: "Content-Type", Optional: !body.Required},
			Values: []expectations.Text{{Value: mediaPattern(media)}},
		})
		out = append(out, mediaMatcher{media, &m})
	}
	return out, nil
}

// mediaPattern is an expression for a content type, whatever its parameters.
func mediaPattern(media string) string {
	media, _, _ = strings.Cut(media, ";")
	return strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(media)), `\*`, `[^;]+`) + `(\s*;.*)?`
}

// matcher is the condition without the body.
func (op *operation) matcher() (*expectations.RequestMatcher, error) {
	m := &expectations.RequestMatcher{Method: expectations.Text{Value: op.method}, Path: expectations.Text{Value: op.path}}
	m.Query.Style = expectations.MatchingKey
	whole := op.wholeSegments()
	if !whole {
		m.Path.Value = pathPattern(op.path)
	}
	for _, p := range op.parameters {
		schema, err := op.description.parameterSchema(p)
		if err != nil {
			return nil, err
		}
		entry := expectations.NamedTexts{
			Name: expectations.Text{Value: p.Name, Optional: !p.Required}, Style: parameterStyle(p),
		}
		if schema != "" {
			entry.Values = []expectations.Text{{Schema: schema}}
		}
		switch p.In {
		case openapi3.ParameterInPath:
			if whole && strings.Contains(op.path, "{"+p.Name+"}") {
				entry.Name.Optional = false
				m.PathParameters.Entries = append(m.PathParameters.Entries, entry)
			}
		case openapi3.ParameterInQuery:
			m.Query.Entries = append(m.Query.Entries, entry)
		case openapi3.ParameterInHeader:
			// Those three are not parameters (OpenAPI 3.1 §4.8.12.1).
			if !strings.EqualFold(p.Name, "Accept") && !strings.EqualFold(p.Name, "Content-Type") && !strings.EqualFold(p.Name, "Authorization") {
				m.Headers.Entries = append(m.Headers.Entries, entry)
			}
		case openapi3.ParameterInCookie:
			cookie := expectations.NamedText{Name: entry.Name, Style: entry.Style}
			if schema != "" {
				cookie.Value = expectations.Text{Schema: schema}
			}
			m.Cookies = append(m.Cookies, cookie)
		}
	}
	if len(m.Query.Entries) == 0 {
		m.Query.Style = ""
	}
	if whole {
		op.undeclared(m)
	}
	return m, nil
}

// undeclared adds the parameters of the path that are not declared: a path is
// a template only beside parameters.
func (op *operation) undeclared(m *expectations.RequestMatcher) {
	for segment := range strings.SplitSeq(op.path, "/") {
		name, ok := strings.CutPrefix(segment, "{")
		if !ok {
			continue
		}
		name = strings.TrimSuffix(name, "}")
		known := false
		for _, entry := range m.PathParameters.Entries {
			known = known || entry.Name.Value == name
		}
		if !known {
			m.PathParameters.Entries = append(m.PathParameters.Entries, expectations.NamedTexts{Name: expectations.Text{Value: name}})
		}
	}
}

// wholeSegments reports whether each parameter of the path is a segment of
// its own.
func (op *operation) wholeSegments() bool {
	for segment := range strings.SplitSeq(op.path, "/") {
		if strings.ContainsAny(segment, "{}") && (strings.Count(segment, "{") != 1 || segment[0] != '{' || segment[len(segment)-1] != '}') {
			return false
		}
	}
	return true
}

// templateName is a parameter in a path.
var templateName = regexp.MustCompile(`\\\{[^{}/]*\\\}`)

// pathPattern is an expression for a path whose parameters are parts of
// segments, such as /files/{name}.{type}.
func pathPattern(path string) string {
	return templateName.ReplaceAllString(regexp.QuoteMeta(path), `[^/]+`)
}

// body is the condition on a body of one media type; nil where there is none
// that could be judged.
func (op *operation) body(media string, content *openapi3.MediaType, required bool) (*expectations.BodyMatcher, error) {
	if content == nil || content.Schema == nil || !jsonMedia(media) && !formMedia(media) {
		return nil, nil //nolint:nilnil // no condition
	}
	schema, err := op.description.schema(content.Schema, true)
	if err != nil {
		return nil, err
	}
	return &expectations.BodyMatcher{Optional: !required, Kind: expectations.JSONSchemaBody{Schema: schema}}, nil
}

func jsonMedia(media string) bool {
	media, _, _ = strings.Cut(strings.ToLower(media), ";")
	media = strings.TrimSpace(media)
	return media == "application/json" || strings.HasSuffix(media, "+json") || media == "*/*" || media == "application/*" || media == "text/json"
}

func formMedia(media string) bool {
	media, _, _ = strings.Cut(strings.ToLower(media), ";")
	return strings.TrimSpace(media) == "application/x-www-form-urlencoded"
}
