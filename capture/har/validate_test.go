package har_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The rules of HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/): what
// each object must and may have, of which type, and what must hold between
// members. Custom members begin with an underscore.

// A rule is what a member must be: a JSON type, or the name of an object in
// schema; "[]x" is an array of x. Optional members end in "?".
type rules map[string]string

var schema = map[string]rules{
	"har":     {"log": "log"},
	"log":     {"version": "string", "creator": "creator", "browser": "creator?", "pages": "[]page?", "entries": "[]entry", "comment": "string?"},
	"creator": {"name": "string", "version": "string", "comment": "string?"},
	"entry": {
		"pageref": "string?", "startedDateTime": "time", "time": "number", "request": "request", "response": "response",
		"cache": "cache", "timings": "timings", "serverIPAddress": "ip?", "connection": "string?", "comment": "string?",
	},
	"request": {
		"method": "string", "url": "url", "httpVersion": "string", "cookies": "[]cookie", "headers": "[]pair",
		"queryString": "[]pair", "postData": "postData?", "headersSize": "integer", "bodySize": "integer", "comment": "string?",
	},
	"response": {
		"status": "integer", "statusText": "string", "httpVersion": "string", "cookies": "[]cookie", "headers": "[]pair",
		"content": "content", "redirectURL": "string", "headersSize": "integer", "bodySize": "integer", "comment": "string?",
	},
	"cookie": {
		"name": "string", "value": "string", "path": "string?", "domain": "string?", "expires": "time?",
		"httpOnly": "boolean?", "secure": "boolean?", "comment": "string?",
	},
	"pair":     {"name": "string", "value": "string", "comment": "string?"},
	"postData": {"mimeType": "string", "params": "[]param?", "text": "string?", "comment": "string?"},
	"param":    {"name": "string", "value": "string?", "fileName": "string?", "contentType": "string?", "comment": "string?"},
	"content":  {"size": "integer", "compression": "integer?", "mimeType": "string", "text": "string?", "encoding": "string?", "comment": "string?"},
	"cache":    {"beforeRequest": "any?", "afterRequest": "any?", "comment": "string?"},
	"timings": {
		"blocked": "number?", "dns": "number?", "connect": "number?", "send": "number", "wait": "number",
		"receive": "number", "ssl": "number?", "comment": "string?",
	},
}

// validate lists what is wrong with an archive.
func validate(data []byte) []string {
	var doc any
	if err := json.Unmarshal(data, &doc); err != nil {
		return []string{err.Error()}
	}
	v := &validator{}
	v.check("$", "har", doc)
	return v.problems
}

type validator struct{ problems []string }

func (v *validator) problem(path, format string, args ...any) {
	v.problems = append(v.problems, path+": "+fmt.Sprintf(format, args...))
}

func (v *validator) check(path, rule string, value any) {
	if element, ok := strings.CutPrefix(rule, "[]"); ok {
		items, ok := value.([]any)
		if !ok {
			v.problem(path, "is no array")
		}
		for i, item := range items {
			v.check(fmt.Sprintf("%s[%d]", path, i), element, item)
		}
		return
	}
	if members, ok := schema[rule]; ok {
		v.object(path, rule, members, value)
		return
	}
	v.scalar(path, rule, value)
}

func (v *validator) object(path, name string, members rules, value any) {
	object, ok := value.(map[string]any)
	if !ok {
		v.problem(path, "is no object")
		return
	}
	for member, rule := range members {
		rule, optional := strings.CutSuffix(rule, "?")
		if inner, ok := object[member]; ok {
			v.check(path+"."+member, rule, inner)
		} else if !optional {
			v.problem(path, "%s is missing", member)
		}
	}
	for member := range object {
		if _, ok := members[member]; !ok && !strings.HasPrefix(member, "_") {
			v.problem(path, "%s is not in HAR 1.2", member)
		}
	}
	switch name {
	case "entry":
		v.entry(path, object)
	case "postData":
		_, text := object["text"]
		_, params := object["params"]
		if text == params {
			v.problem(path, "must have one of text and params")
		}
	case "content":
		v.content(path, object)
	}
}

func (v *validator) scalar(path, rule string, value any) {
	s, isString := value.(string)
	n, isNumber := value.(float64)
	_, isBool := value.(bool)
	ok := true
	switch rule {
	case "string":
		ok = isString
	case "number":
		ok = isNumber && n >= -1
	case "integer":
		ok = isNumber && n >= -1 && n == math.Trunc(n)
	case "boolean":
		ok = isBool
	case "time":
		_, err := time.Parse("2006-01-02T15:04:05.999Z07:00", s)
		ok = err == nil && strings.ContainsAny(s[19:], "Z+-")
	case "url":
		u, err := url.Parse(s)
		ok = err == nil && u.IsAbs() && u.Host != "" && u.Fragment == ""
	case "ip":
		ok = net.ParseIP(s) != nil
	}
	if !ok {
		v.problem(path, "%v is no %s", value, rule)
	}
}

// entry checks what must hold between members of an entry.
func (v *validator) entry(path string, entry map[string]any) {
	timings, _ := entry["timings"].(map[string]any)
	sum := 0.0
	for _, name := range []string{"blocked", "dns", "connect", "send", "wait", "receive"} {
		n, _ := timings[name].(float64)
		if n < 0 && slices.Contains([]string{"send", "wait", "receive"}, name) {
			v.problem(path, "%s must not be negative", name)
		}
		sum += max(n, 0)
	}
	total, _ := entry["time"].(float64)
	if math.Abs(total-sum) > 0.0005 {
		v.problem(path, "time is %v, the sum of the timings %v", total, sum)
	}
	ssl, _ := timings["ssl"].(float64)
	if connect, _ := timings["connect"].(float64); ssl > connect {
		v.problem(path, "connect does not include ssl")
	}
}

func (v *validator) content(path string, content map[string]any) {
	text, _ := content["text"].(string)
	size, _ := content["size"].(float64)
	length := len(text)
	switch content["encoding"] {
	case nil:
	case "base64":
		decoded, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			v.problem(path, "text is no base64")
		}
		length = len(decoded)
	default:
		v.problem(path, "encoding %v is unknown", content["encoding"])
	}
	if int(size) != length {
		v.problem(path, "size is %v, the text has %d bytes", size, length)
	}
}
