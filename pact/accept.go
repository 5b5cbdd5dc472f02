package pact

// Accepts compiles the matcher to a condition on text: a header, a parameter
// or a string of a document, all of which a rule judges alike where it has no
// use for the example. The error names what is unsupported or wrong.
func (m Matcher) Accepts() (accepts func(text string) bool, err error) {
	r, err := m.compile()
	if err != nil {
		return nil, err
	}
	return func(text string) bool { return r.text("", text) == "" }, nil
}

// NamePath is the path of a rule on the header or parameter of a name, or on
// a field of a form.
func NamePath(name string) Path { return namePath(name) }

// RootPath is the path of a rule on a body as a whole.
func RootPath() Path { return rootPath() }

// HeaderElements are the elements of one line of a header as they are
// compared: the line itself, or its parts where the header is a list.
func HeaderElements(name, line string) []string { return splitHeader(name, line) }

// MagicType is the media type that bytes have by their magic numbers, as the
// contentType rule finds it; ok is false unless it is one of those that this
// package and the reference tell alike.
func MagicType(data []byte) (mediaType string, ok bool) {
	switch mediaType = detectContentType(data); mediaType {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff",
		"application/pdf", "application/zip", "application/gzip":
		return mediaType, true
	}
	return "", false
}

// MediaKind says what a content type means to the comparison of bodies.
type MediaKind uint8

// What the bodies of a content type are compared as.
const (
	// MediaUnknown is what no content type, or a malformed one, says.
	MediaUnknown MediaKind = iota
	MediaJSON
	MediaForm
	MediaXML
	MediaMultipart
	MediaText
	MediaBinary
)

// KindOfMedia is how bodies of a content type are compared. Types that are
// none of the others are compared as text.
func KindOfMedia(contentType string) MediaKind {
	switch m := parseMedia(contentType); {
	case m.unknown():
		return MediaUnknown
	case m.isJSON():
		return MediaJSON
	case m.isForm():
		return MediaForm
	case m.isXML():
		return MediaXML
	case m.isMultipart():
		return MediaMultipart
	case m.isBinary():
		return MediaBinary
	}
	return MediaText
}
