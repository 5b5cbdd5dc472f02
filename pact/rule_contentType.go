package pact

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// contentTypeRule wants bytes that look like a content type, whatever type
// was declared. In JSON a string is base64 where that decodes.
type contentTypeRule struct {
	scalarOnly
	want string
}

func compileContentType(attributes jsondoc.Value) (rule, error) {
	v, ok := attributes.Get("value")
	if !ok || scalarText(v) == "" {
		return nil, fmt.Errorf("matching rule \"contentType\" without a value")
	}
	return contentTypeRule{scalarOnly{"contentType"}, scalarText(v)}, nil
}

func (r contentTypeRule) text(_, got string) string {
	detected := detectContentType([]byte(got))
	if detected == r.want || detected == plainText && sniff([]byte(got)) == r.want {
		return ""
	}
	return fmt.Sprintf("expected content of type '%s' but it looks like '%s'", r.want, detected)
}

func (r contentTypeRule) scalar(_, got jsondoc.Value) string {
	if got.Kind == jsondoc.KindString {
		if raw, err := base64.StdEncoding.DecodeString(got.Text); err == nil {
			return r.text("", string(raw))
		}
	}
	return r.text("", comparedText(got))
}

const plainText = "text/plain"

// detectContentType looks at magic numbers, and calls what it finds as the
// reference does. Texts without any are plain.
func detectContentType(data []byte) string {
	// The reference looks no further than this.
	switch {
	case bytes.HasPrefix(data, []byte("ID3")):
		return "audio/mpeg"
	case bytes.HasPrefix(data, []byte("RIFF")) && len(data) >= 11 && string(data[8:11]) == "AVI":
		return "video/x-msvideo"
	case bytes.HasPrefix(data, []byte("\x00\x01\x00\x00\x00")):
		return "application/font-sfnt"
	}
	found, _, _ := strings.Cut(mimetype.Detect(data).String(), ";")
	if name := referenceType(found); name != "" {
		return name
	}
	if strings.HasPrefix(found, "text/") || len(data) == 0 {
		return plainText
	}
	return found
}

// referenceType is what the reference calls a type that our library knows
// under another name, or finds where the reference does; "" for others.
func referenceType(found string) string {
	switch found {
	case "text/html", "text/xml", "text/x-shellscript":
		return found
	case "application/json", "image/svg+xml":
		return plainText
	case "text/rtf":
		return "application/rtf"
	case "audio/wav":
		return "audio/x-wav"
	case "audio/flac":
		return "audio/x-flac"
	case "application/ogg":
		return "audio/ogg"
	case "image/x-icon":
		return "image/vnd.microsoft.icon"
	case "font/woff":
		return "application/font-woff"
	case "font/ttf", "font/otf":
		return "application/font-sfnt"
	}
	return ""
}
