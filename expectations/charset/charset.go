// Package charset turns texts of other character sets than UTF-8 into it and
// back, by the names that the charset parameter of a Content-Type has (IANA's
// registry): bodies of requests are conditions on text, and bodies of answers
// are written as such.
//
// It takes UTF-8 for what has no charset, whatever its type: MockServer takes
// ISO-8859-1 for texts, which nobody has sent since RFC 7231 (2014) dropped it.
//
// # What it is not for
//
// It guesses nothing of the content, and leaves alone what XML says of its own
// encoding (package xmldoc reads that). Content codings such as gzip are
// package content's.
package charset

import (
	"mime"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
)

// Decode returns content as text. ok is false where contentType names no
// charset, UTF-8 or one that there is not, and so the content is taken for
// UTF-8.
func Decode(content []byte, contentType string) (text string, ok bool) {
	set := of(contentType)
	if set == nil {
		return "", false
	}
	decoded, err := set.NewDecoder().Bytes(content)
	return string(decoded), err == nil
}

// Encode returns text as contentType says; what the charset does not have is
// the substitute character. ok is as in [Decode].
func Encode(text []byte, contentType string) (content []byte, ok bool) {
	set := of(contentType)
	if set == nil {
		return nil, false
	}
	encoded, err := encoding.ReplaceUnsupported(set.NewEncoder()).Bytes(text)
	return encoded, err == nil
}

// of is the character set that a Content-Type names, nil for UTF-8.
func of(contentType string) encoding.Encoding {
	const common = "charset=utf-8"
	if !strings.Contains(contentType, "=") ||
		len(contentType) > len(common) && strings.EqualFold(contentType[len(contentType)-len(common):], common) {
		return nil
	}
	_, params, err := mime.ParseMediaType(contentType)
	name := strings.ToLower(params["charset"])
	switch {
	case err != nil, name == "", name == "utf-8", name == "utf8", name == "us-ascii":
		return nil
	}
	set, err := ianaindex.IANA.Encoding(name)
	if err != nil {
		return nil
	}
	return set // nil for those of the registry that are not there
}
