package pact

import (
	"maps"
	"mime"
	"strings"
)

// A media is a parsed content type. The zero value is an unknown one.
type media struct {
	main, sub, suffix string
	params            map[string]string
}

// parseMedia reads a content type; what it cannot read is unknown. The value
// of charset is folded, as the reference does.
func parseMedia(contentType string) media {
	value, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		value, _, _ = strings.Cut(contentType, ";")
		value = strings.ToLower(strings.TrimSpace(value))
	}
	main, sub, ok := strings.Cut(value, "/")
	if !ok || main == "" || sub == "" || main == "*" || sub == "*" {
		return media{}
	}
	m := media{main: main, sub: sub, params: params}
	if i := strings.LastIndexByte(sub, '+'); i > 0 {
		m.sub, m.suffix = sub[:i], sub[i+1:]
	}
	if charset, ok := params["charset"]; ok {
		params["charset"] = strings.ToLower(charset)
	}
	return m
}

func (m media) unknown() bool { return m.main == "" }

// base is the type without parameters and, where it has a suffix, reduced to
// that: "application/hal+json" becomes "application/json".
func (m media) base() media {
	if m.suffix != "" {
		return media{main: m.main, sub: m.suffix}
	}
	return media{main: m.main, sub: m.sub}
}

// accepts reports whether a body of type got is comparable with an expected
// one of type m (pact_models, ContentType::is_equivalent_to).
func (m media) accepts(got media) bool {
	return m.unknown() || got.unknown() || m.equivalent(got) || m.equivalent(got.base())
}

func (m media) equivalent(got media) bool {
	switch {
	case m.strictXML() && got.strictXML():
		return len(m.params) == 0 || maps.Equal(m.params, got.params)
	case m.main != got.main || m.sub != got.sub:
		return false
	case len(m.params) == 0:
		return true
	}
	return m.suffix == got.suffix && maps.Equal(m.params, got.params)
}

// String is the type without parameters, "*/*" if unknown.
func (m media) String() string {
	switch {
	case m.unknown():
		return "*/*"
	case m.suffix != "":
		return m.main + "/" + m.sub + "+" + m.suffix
	}
	return m.main + "/" + m.sub
}

func (m media) isJSON() bool {
	return m.main == "application" &&
		(strings.HasPrefix(m.sub, "json") || m.suffix == "json" || m.sub == "graphql")
}

func (m media) strictXML() bool {
	return (m.main == "application" || m.main == "text") && m.sub == "xml"
}

func (m media) isXML() bool {
	return m.strictXML() || (m.main == "application" || m.main == "text") && m.suffix == "xml"
}

func (m media) isForm() bool {
	return m.main == "application" && m.sub == "x-www-form-urlencoded"
}

func (m media) isMultipart() bool { return m.main == "multipart" }

// isText reports whether a V3 body of this type, written as a string, is text
// rather than base64 (pact_models, ContentType::is_text).
func (m media) isText() bool {
	return m.main == "text" || m.isXML() || m.isJSON()
}

// isBinary reports whether bodies of this type are compared by their bytes.
func (m media) isBinary() bool {
	switch m.main {
	case "audio", "font", "image", "video":
		return true
	case "application":
		return m.sub == "octet-stream"
	}
	return false
}
