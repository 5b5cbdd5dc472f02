package content

import "strings"

// MediaType returns the type of a Content-Type value without its parameters,
// in lower case: "application/json" for "Application/JSON; charset=utf-8"
// (RFC 9110 §8.3.1).
func MediaType(contentType string) string {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// IsJSON says whether a Content-Type value is of one JSON document:
// application/json, text/json or any type with the suffix +json (RFC 6839
// §3.1). JSON lines and JSON sequences are not.
func IsJSON(contentType string) bool {
	t := MediaType(contentType)
	return t == "application/json" || t == "text/json" || strings.HasSuffix(t, "+json")
}

// IsJSONLines says whether a Content-Type value is of JSON documents, one a
// line.
func IsJSONLines(contentType string) bool {
	switch MediaType(contentType) {
	case "application/x-ndjson", "application/ndjson", "application/jsonl",
		"application/x-jsonlines", "application/jsonlines", "application/json-lines":
		return true
	}
	return false
}

// IsEventStream says whether a Content-Type value is of server-sent events.
func IsEventStream(contentType string) bool {
	return MediaType(contentType) == "text/event-stream"
}

// IsXML says whether a Content-Type value is of XML: application/xml, text/xml
// or any type with the suffix +xml (RFC 7303 §4.2).
func IsXML(contentType string) bool {
	t := MediaType(contentType)
	return t == "application/xml" || t == "text/xml" || strings.HasSuffix(t, "+xml")
}

// IsForm says whether a Content-Type value is of a URL-encoded form.
func IsForm(contentType string) bool {
	return MediaType(contentType) == "application/x-www-form-urlencoded"
}

// IsMultipart says whether a Content-Type value is of a multipart type.
func IsMultipart(contentType string) bool {
	return strings.HasPrefix(MediaType(contentType), "multipart/")
}

// IsText says whether a Content-Type value promises text: text/*, JSON, XML,
// forms and the textual application types in use. It is false for "", where
// nothing is promised.
func IsText(contentType string) bool {
	t := MediaType(contentType)
	if strings.HasPrefix(t, "text/") || IsJSON(t) || IsJSONLines(t) || IsXML(t) || IsForm(t) {
		return true
	}
	if strings.HasSuffix(t, "+yaml") || strings.HasSuffix(t, "+json-seq") {
		return true
	}
	switch t {
	case "application/javascript", "application/ecmascript", "application/x-javascript",
		"application/graphql", "application/sql", "application/toml", "application/yaml",
		"application/x-yaml", "application/json-seq", "application/jwt", "application/jose",
		"application/pem-certificate-chain", "application/x-sh", "application/xml-dtd":
		return true
	}
	return false
}

// Charset returns the charset parameter of a Content-Type value in lower case,
// "" if there is none (RFC 9110 §8.3.2).
func Charset(contentType string) string {
	return strings.ToLower(Param(contentType, "charset"))
}

// Param returns a parameter of a Content-Type value, "" if there is none. The
// name is compared ignoring case; a quoted value is returned without its
// quotes (RFC 9110 §5.6.6).
func Param(contentType, name string) string {
	_, rest, _ := strings.Cut(contentType, ";")
	for rest != "" {
		var param string
		param, rest = cutParam(rest)
		n, v, ok := strings.Cut(param, "=")
		if ok && strings.EqualFold(strings.TrimSpace(n), name) {
			return unquote(strings.TrimSpace(v))
		}
	}
	return ""
}

// cutParam cuts s behind its first parameter; a semicolon within quotes is
// part of it.
func cutParam(s string) (param, rest string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ';' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// unquote undoes a quoted-string (RFC 9110 §5.6.4); other text stays as it is.
func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
