package infer

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// evidence notes what a mutation made or deleted, which later names provider
// states. It does not matter whether the sample was recorded before or after
// those it explains.
func (r *router) evidence(m *message) {
	if status := m.response.Status; status < 200 || status > 299 {
		return
	}
	switch m.request.Method {
	case http.MethodDelete:
		if len(r.deleted) < maxEvidence {
			r.deleted[m.request.Authority+m.request.Path] = true
		}
	case http.MethodPut:
		r.noteMade(m.request.Authority+m.request.Path, m.request.Method+" of the path itself")
	case http.MethodPost:
		r.posted(m)
	}
}

// posted notes the ids in the answer to a POST: that in its Location, and the
// members of its document that are called like ids.
func (r *router) posted(m *message) {
	how := "POST " + m.request.Path
	if location := m.response.Header.Get("Location"); location != "" {
		if u, err := url.Parse(location); err == nil && strings.HasPrefix(u.EscapedPath(), "/") {
			r.noteMade(m.request.Authority+u.EscapedPath(), how)
		}
	}
	doc, ok := m.out.json()
	if !ok {
		return
	}
	for _, member := range doc.Members {
		// One level of wrapping, {"user": {"id": 1}}, is common.
		r.madeID(m, member, how)
		for _, inner := range member.Value.Members {
			r.madeID(m, inner, how)
		}
	}
}

func (r *router) madeID(m *message, member jsondoc.Member, how string) {
	id := member.Value.Text
	if member.Value.Kind != jsondoc.KindString && member.Value.Kind != jsondoc.KindNumber || !idName(member.Name) || id == "" || len(id) > 200 {
		return
	}
	r.noteMade(m.request.Authority+strings.TrimSuffix(m.request.Path, "/")+"/"+id, how)
	if c := classify(id); c == classUUID || c == classULID {
		// Nothing else is called so, wherever it turns up.
		r.noteMade(id, how)
	}
}

// noteMade keeps of several explanations the one that sorts first, so that
// the order of samples does not count.
func (r *router) noteMade(what, how string) {
	if old, ok := r.made[what]; ok && old <= how || !ok && len(r.made) >= maxEvidence {
		return
	}
	r.made[what] = how
}

// maker says what made the thing that a path ends in, "" if no sample did.
func (r *router) maker(authority string, t template) string {
	if how := r.made[authority+t.path()]; how != "" {
		return how
	}
	if n := len(t.segments); n > 0 && t.segments[n-1].class != classLiteral {
		return r.made[t.segments[n-1].text]
	}
	return ""
}

// idName reports whether a member is called like an identifier.
func idName(name string) bool {
	lower := strings.ToLower(name)
	switch lower {
	case "id", "uuid", "guid", "_id", "key", "ref", "reference", "number", "code":
		return true
	}
	return strings.HasSuffix(name, "Id") || strings.HasSuffix(name, "ID") || strings.HasSuffix(lower, "_id") || strings.HasSuffix(lower, "-id")
}

// countName reports whether a member is called like a number of things, which
// is whole.
func countName(name string) bool {
	lower := strings.ToLower(name)
	switch lower {
	case "count", "total", "page", "pages", "offset", "limit", "size", "length", "quantity", "qty", "version", "status", "year", "age", "index", "position":
		return true
	}
	return strings.HasSuffix(name, "Count") || strings.HasSuffix(lower, "_count") || strings.HasSuffix(name, "Pages")
}

// measureName reports whether a member is called like something measured or
// paid, of which whole numbers are chance.
func measureName(name string) bool {
	lower := strings.ToLower(name)
	for _, word := range [...]string{
		"price", "amount", "cost", "rate", "ratio", "score", "percent", "balance", "fee", "tax", "sum",
		"weight", "height", "width", "distance", "temperature", "lat", "lng", "lon", "average", "avg", "rating", "discount",
	} {
		if lower == word || strings.HasSuffix(lower, "_"+word) || strings.HasSuffix(name, strings.ToUpper(word[:1])+word[1:]) || strings.HasSuffix(lower, "-"+word) {
			return true
		}
	}
	return false
}
