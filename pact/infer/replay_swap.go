package infer

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// A swap puts the ids of one path in the place of those of another of the same
// template, wherever a message shows that it means them:
//
//   - a path up to the id, /users/1, in a header or a text;
//   - a value of a document that is called like the id: id at the top, or
//     userId, user_id anywhere;
//   - any value that is an id nothing else is called: a UUID, a ULID, an
//     opaque token, hexadecimal or an integer of five digits or more.
//
// A 1 elsewhere may count things, and stays.
type swap struct{ from, to template }

// A swapped id is one parameter whose values differ.
type swappedID struct {
	from, to string
	// before is the path up to and with the id.
	before, after string
	// names are what members that hold it are called, in lower case without
	// separators.
	names    []string
	distinct bool
	// subject says that the path ends in it: the document is about it.
	subject bool
}

func (s swap) ids() []swappedID {
	var out []swappedID
	for i, from := range s.from.segments {
		to := s.to.segments[i]
		if from.class == classLiteral || from.text == to.text {
			continue
		}
		id := swappedID{
			from: from.text, to: to.text,
			before: (template{s.from.segments[:i+1]}).path(), after: (template{s.to.segments[:i+1]}).path(),
			distinct: distinctID(from), subject: i == len(s.from.segments)-1,
		}
		if from.class == classGiven || from.name != classes[from.class].name {
			id.names = append(id.names, plainName(from.name))
		}
		if noun := (template{s.from.segments[:i+1]}).noun(); noun != "" {
			id.names = append(id.names, plainName(noun+"id"))
		}
		out = append(out, id)
	}
	// The longest path first, which holds the others.
	slices.Reverse(out)
	return out
}

// distinctID reports whether nothing but an id has such a value.
func distinctID(s segment) bool {
	switch s.class {
	case classUUID, classULID, classHex, classToken, classEmail:
		return true
	case classInteger:
		return len(s.text) >= 5
	default:
		return false
	}
}

// plainName is a name without case and separators.
func plainName(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
}

// requests are the requests that a recording may have been made of: with the
// recorded path, and what else holds the ids as it is or swapped.
func (s swap) requests(req *expectations.Request, path string) []*expectations.Request {
	asked := *req
	asked.Path = path
	out := []*expectations.Request{&asked}
	ids, swapped := s.ids(), asked
	swapped.RawQuery = swapQuery(ids, req.RawQuery)
	if !req.Body.Encoded && !req.Body.Truncated {
		swapped.Body.Bytes = swapBody(ids, req.Body.Bytes)
	}
	if swapped.RawQuery != req.RawQuery || string(swapped.Body.Bytes) != string(req.Body.Bytes) {
		out = append(out, &swapped)
	}
	return out
}

// hit is a recorded answer for the request's ids.
func (s swap) hit(hit expectations.Hit, recorded string) expectations.Hit {
	if hit.Answer == nil {
		return hit
	}
	ids, answer := s.ids(), *hit.Answer
	answer.Header = make(http.Header, len(hit.Answer.Header)+1)
	for name, values := range hit.Answer.Header {
		fresh := make([]string, len(values))
		for i, v := range values {
			fresh[i] = swapText(ids, v)
		}
		answer.Header[name] = fresh
	}
	answer.Header.Set(HeaderReplayed, recorded)
	if answer.Body != nil && !binary(answer.Body.Bytes) && int64(len(answer.Body.Bytes)) <= DefaultMaxBody {
		body := *answer.Body
		body.Bytes = swapBody(ids, body.Bytes)
		answer.Body = &body
	}
	hit.Answer = &answer
	return hit
}

// swapBody swaps in a document or a text.
func swapBody(ids []swappedID, body []byte) []byte {
	if len(body) == 0 || len(ids) == 0 {
		return body
	}
	doc, err := jsondoc.Parse(body)
	if err != nil || doc.Kind != jsondoc.KindObject && doc.Kind != jsondoc.KindArray {
		return []byte(swapText(ids, string(body)))
	}
	out, changed := swapValue(ids, doc, "", 0)
	if !changed {
		return body
	}
	return out.AppendCompact(nil)
}

// swapValue swaps in the value of a member; depth counts the objects and lists
// around it.
func swapValue(ids []swappedID, v jsondoc.Value, name string, depth int) (out jsondoc.Value, changed bool) {
	switch v.Kind {
	case jsondoc.KindObject:
		v.Members = slices.Clone(v.Members)
		for i, m := range v.Members {
			inner, ok := swapValue(ids, m.Value, m.Name, depth+1)
			v.Members[i].Value, changed = inner, changed || ok
		}
	case jsondoc.KindArray:
		v.Items = slices.Clone(v.Items)
		for i, item := range v.Items {
			inner, ok := swapValue(ids, item, name, depth+1)
			v.Items[i], changed = inner, changed || ok
		}
	case jsondoc.KindString, jsondoc.KindNumber:
		return swapScalar(ids, v, name, depth)
	default:
	}
	return v, changed
}

func swapScalar(ids []swappedID, v jsondoc.Value, name string, depth int) (jsondoc.Value, bool) {
	for _, id := range ids {
		named := slices.Contains(id.names, plainName(name)) || id.subject && depth == 1 && idName(name)
		if v.Text != id.from || !id.distinct && !named {
			continue
		}
		if v.Kind == jsondoc.KindString {
			return jsondoc.String(id.to), true
		}
		if !isDigits(id.to) || len(id.to) > 1 && id.to[0] == '0' {
			return v, false // no number
		}
		return jsondoc.Number(id.to), true
	}
	if v.Kind != jsondoc.KindString {
		return v, false
	}
	text := swapText(ids, v.Text)
	return jsondoc.String(text), text != v.Text
}

// swapText swaps paths up to an id, and ids that nothing else is called.
func swapText(ids []swappedID, text string) string {
	for _, id := range ids {
		text = replaceWord(text, id.before, id.after)
		if id.distinct {
			text = replaceWord(text, id.from, id.to)
		}
	}
	return text
}

// replaceWord replaces old where letters and digits do not go on around it.
func replaceWord(text, old, fresh string) string {
	var b strings.Builder
	for {
		i := strings.Index(text, old)
		if i < 0 || old == "" {
			return b.String() + text
		}
		end := i + len(old)
		whole := (i == 0 || old[0] == '/' || !wordByte(text[i-1])) && (end == len(text) || !wordByte(text[end]))
		b.WriteString(text[:i])
		if whole {
			b.WriteString(fresh)
		} else {
			b.WriteString(old)
		}
		text = text[end:]
	}
}

func wordByte(c byte) bool {
	return c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c > 127
}

// swapQuery swaps in the values of a query.
func swapQuery(ids []swappedID, raw string) string {
	if raw == "" {
		return raw
	}
	parts := strings.Split(raw, "&")
	for i, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		for _, id := range ids {
			if value == id.from && (id.distinct || slices.Contains(id.names, plainName(name))) {
				parts[i] = name + "=" + url.QueryEscape(id.to)
			}
		}
	}
	return strings.Join(parts, "&")
}
