package expectations

import (
	"errors"
	"strings"
)

// normalGraphQL is a document of GraphQL as its tokens, one on a line each:
// what is ignored between them (GraphQL §2.1.7) is gone. Equal documents have
// equal normal forms. It is an error if a string is not ended.
func normalGraphQL(text string) (string, error) {
	var out strings.Builder
	for pos := 0; pos < len(text); {
		size, ignored, err := graphQLToken(text[pos:])
		if err != nil {
			return "", err
		}
		if !ignored {
			if out.Len() > 0 {
				out.WriteByte('\n')
			}
			out.WriteString(text[pos : pos+size])
		}
		pos += size
	}
	return out.String(), nil
}

// graphQLToken returns the length of the token, or of what is ignored, that
// text begins with.
func graphQLToken(text string) (size int, ignored bool, err error) {
	switch c := text[0]; {
	case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',':
		return 1, true, nil
	case strings.HasPrefix(text, "\ufeff"):
		return len("\ufeff"), true, nil
	case c == '#':
		if end := strings.IndexAny(text, "\r\n"); end >= 0 {
			return end, true, nil
		}
		return len(text), true, nil
	case strings.HasPrefix(text, `"""`):
		return graphQLBlock(text)
	case c == '"':
		return graphQLString(text)
	case strings.HasPrefix(text, "..."):
		return 3, false, nil
	case isNameByte(c) || c == '-':
		return graphQLWord(text), false, nil
	}
	return 1, false, nil
}

// graphQLWord is the length of a name or number.
func graphQLWord(text string) int {
	number := text[0] == '-' || '0' <= text[0] && text[0] <= '9'
	for i := 1; i < len(text); i++ {
		c := text[i]
		switch {
		case isNameByte(c):
		case number && (c == '+' || c == '-') && lower(text[i-1]) == 'e':
		case number && c == '.' && i+1 < len(text) && '0' <= text[i+1] && text[i+1] <= '9':
		default:
			return i
		}
	}
	return len(text)
}

func isNameByte(c byte) bool { return isAlphanumeric(c) || c == '_' }

// graphQLBlock is the length of a block string.
func graphQLBlock(text string) (size int, ignored bool, err error) {
	for i := 3; i < len(text); i++ {
		switch {
		case strings.HasPrefix(text[i:], `\"""`):
			i += 3
		case strings.HasPrefix(text[i:], `"""`):
			return i + 3, false, nil
		}
	}
	return 0, false, errors.New("a block string is not ended")
}

// graphQLString is the length of a string on one line.
func graphQLString(text string) (size int, ignored bool, err error) {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1, false, nil
		case '\n', '\r':
			return 0, false, errors.New("a string is not ended on its line")
		}
	}
	return 0, false, errors.New("a string is not ended")
}
