package expectations

import (
	"fmt"
	"strings"
)

// translateJava writes a regular expression of Java's in the notation of the
// backtracking engine, which is .NET's with Go's classes. They are the same
// but for classes within classes, for some escapes and for some flags. text is
// one that [javaOnly] has found sound.
func translateJava(text string) (string, error) {
	t := javaTranslation{text: text}
	for t.pos < len(text) && t.err == nil {
		switch text[t.pos] {
		case '\\':
			t.out.WriteString(t.escape())
		case '[':
			t.out.WriteString(t.class())
		case '(':
			t.group()
		default:
			t.out.WriteByte(text[t.pos])
			t.pos++
		}
	}
	return t.out.String(), t.err
}

type javaTranslation struct {
	text string
	pos  int
	out  strings.Builder
	err  error
}

// javaClasses are the POSIX and other classes of \p{…} that the engine does
// not know by Java's name, as the content of a bracketed class
// (java.util.regex.Pattern).
var javaClasses = map[string]string{
	"Lower": `a-z`, "Upper": `A-Z`, "ASCII": `\x00-\x7f`, "Alpha": `a-zA-Z`, "Digit": `0-9`, "Alnum": `a-zA-Z0-9`,
	"Punct": `!-/:-@\x5b-\x60{-~`, "Graph": `!-~`, "Print": ` -~`, "Blank": ` \t`, "Cntrl": `\x00-\x1f\x7f`,
	"XDigit": `0-9a-fA-F`, "Space": ` \t\n\v\f\r`,
	"javaLowerCase": `\p{Ll}`, "javaUpperCase": `\p{Lu}`, "javaWhitespace": `\s`, "javaLetter": `\p{L}`,
	"javaDigit": `\p{Nd}`, "javaLetterOrDigit": `\p{L}\p{Nd}`, "javaAlphabetic": `\p{L}\p{Nl}`,
	"IsAlphabetic": `\p{L}\p{Nl}`, "IsLetter": `\p{L}`, "IsDigit": `\p{Nd}`, "IsUppercase": `\p{Lu}`, "IsLowercase": `\p{Ll}`,
	"IsPunctuation": `\p{P}`, "IsControl": `\p{Cc}`, "IsWhite_Space": `\s`,
}

const (
	javaHorizontal = `\t \u00a0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000`
	javaVertical   = `\n\x0b\f\r\u0085\u2028\u2029`
)

// escape translates an escape outside of a class.
func (t *javaTranslation) escape() string {
	content, negated := t.classEscape()
	switch {
	case content == "":
		return t.copyEscape()
	case negated:
		return "[^" + content + "]"
	}
	return "[" + content + "]"
}

// classEscape reads an escape that stands for a class the engine does not have
// or reads otherwise, and returns the content of that class; "" for any other
// escape, which it leaves.
func (t *javaTranslation) classEscape() (content string, negated bool) {
	rest := t.text[t.pos+1:]
	switch rest[0] {
	case 'h', 'H':
		t.pos += 2
		return javaHorizontal, rest[0] == 'H'
	case 'V':
		t.pos += 2
		return javaVertical, true
	case 'p', 'P':
		return t.property(rest)
	}
	return "", false
}

// property reads \p{Name} and \P{Name}, unless the engine knows the name.
func (t *javaTranslation) property(rest string) (content string, negated bool) {
	end := strings.IndexByte(rest, '}')
	if !strings.HasPrefix(rest[1:], "{") || end < 0 {
		return "", false
	}
	name := rest[2:end]
	content, known := javaClasses[name]
	switch {
	case known:
	case strings.HasPrefix(name, "Is"):
		content = `\p{` + name[2:] + `}`
	default:
		return "", false
	}
	t.pos += end + 2
	return content, rest[0] == 'P'
}

// copyEscape reads an escape that is no class.
func (t *javaTranslation) copyEscape() string {
	rest := t.text[t.pos+1:]
	t.pos += 2
	switch rest[0] {
	case 'R':
		return `(?:\r\n|[` + javaVertical + `])`
	case 'X', 'N':
		t.err = fmt.Errorf(`the escape \%c is not supported by this version`, rest[0])
		return ""
	case 'Q':
		quoted, _, _ := strings.Cut(rest[1:], `\E`)
		t.pos = min(t.pos+len(quoted)+len(`\E`), len(t.text))
		return quoteEach(quoted)
	}
	return `\` + rest[:1]
}

// quoteEach escapes what is not a letter, digit, or beyond ASCII.
func quoteEach(s string) string {
	var out strings.Builder
	for i := range len(s) {
		if c := s[i]; c < 0x80 && !isAlphanumeric(c) {
			out.WriteByte('\\')
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= lower(c) && lower(c) <= 'z'
}

// group copies "(" and what follows it, less the flags that mean nothing here:
// d (Unix lines), u and U (Unicode classes and case, which fold anyway).
func (t *javaTranslation) group() {
	t.out.WriteByte('(')
	t.pos++
	if !strings.HasPrefix(t.text[t.pos:], "?") {
		return
	}
	rest := t.text[t.pos+1:]
	end := strings.IndexAny(rest, ":)")
	if end < 0 || strings.Trim(rest[:end], "idmsuxU-") != "" {
		return
	}
	t.pos += 1 + end
	flags := strings.TrimSuffix(strings.NewReplacer("d", "", "u", "", "U", "").Replace(rest[:end]), "-")
	if flags != "" || rest[end] == ':' {
		t.out.WriteString("?" + flags)
		return
	}
	t.out.WriteString("?:") // "(?u)" becomes "(?:)"
}

// class translates a bracketed class, with the unions ("[a-d[m-p]]") and
// intersections ("[a-z&&[^b]]") that only Java has. What is not a plain class
// becomes a group that takes one character.
func (t *javaTranslation) class() string {
	t.pos++ // "["
	negated := strings.HasPrefix(t.text[t.pos:], "^")
	if negated {
		t.pos++
	}
	parts := []javaUnion{{}}
	for first := true; t.pos < len(t.text) && t.err == nil; first = false {
		rest, last := t.text[t.pos:], &parts[len(parts)-1]
		switch {
		case rest[0] == ']' && !first:
			t.pos++
			return joinIntersection(parts, negated)
		case strings.HasPrefix(rest, "[:") && strings.Contains(rest, ":]"):
			end := strings.Index(rest, ":]") + 2
			last.plain += rest[:end]
			t.pos += end
		case rest[0] == '[':
			last.nested = append(last.nested, t.class())
		case strings.HasPrefix(rest, "&&"):
			parts = append(parts, javaUnion{})
			t.pos += 2
		case rest[0] == '\\':
			t.classMember(last)
		case rest[0] == ']':
			last.plain += `\]`
			t.pos++
		default:
			last.plain += rest[:1]
			t.pos++
		}
	}
	return ""
}

// classMember reads an escape within a class.
func (t *javaTranslation) classMember(into *javaUnion) {
	content, negated := t.classEscape()
	switch {
	case content == "":
		into.plain += t.copyEscape()
	case negated:
		into.nested = append(into.nested, "[^"+content+"]")
	default:
		into.plain += content
	}
}

// A javaUnion is the content of a class between "&&": plain members, and
// expressions for one character each.
type javaUnion struct {
	plain  string
	nested []string
}

// String is the union as an expression for one character, "" if empty.
func (u javaUnion) String() string {
	all := u.nested
	if u.plain != "" {
		all = append([]string{"[" + u.plain + "]"}, all...)
	}
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return "(?:" + strings.Join(all, "|") + ")"
}

// joinIntersection is an expression for a character that is in all parts.
func joinIntersection(parts []javaUnion, negated bool) string {
	if len(parts) == 1 && parts[0].nested == nil {
		if negated {
			return "[^" + parts[0].plain + "]"
		}
		return "[" + parts[0].plain + "]"
	}
	expression, last := "", ""
	for _, part := range parts {
		if text := part.String(); text != "" {
			if last != "" {
				expression += "(?=" + last + ")"
			}
			last = text
		}
	}
	expression += last
	if negated {
		return "(?:(?!" + expression + `)[\s\S])`
	}
	return "(?:" + expression + ")"
}
