package expectations

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/jsonpath"
	"github.com/pactape/pactape/expectations/mustache"
	"github.com/pactape/pactape/expectations/xmldoc"
)

// templateOptions have the JSONPaths and XPaths of a template compiled with it,
// and refused if they are none.
var templateOptions = mustache.Options{
	Prepare: map[string]func(string) (any, error){
		"jsonPath": func(text string) (any, error) { return compileTemplatePath(text) },
		"xPath":    func(text string) (any, error) { return compileTemplateXPath(text) },
	},
	Check: checkTemplateName,
}

// checkTemplateName refuses what MockServer has and we have not, which would
// render as nothing. (The library for a faker would add 1.8 MB to the program,
// and 2 ms to each start of it.)
func checkTemplateName(name string) error {
	if first, _, _ := strings.Cut(name, "."); first == "faker" {
		return fmt.Errorf("%q is not supported: templates have no faker, write the text itself", name)
	}
	return nil
}

func compileTemplatePath(text string) (*jsonpath.Path, error) {
	text = strings.TrimSpace(text)
	path, err := jsonpath.Compile(text, jsonpath.Options{Regexp: func(expr string, whole bool) (jsonpath.Matcher, error) {
		return javaRegexp(expr, whole)
	}})
	if err != nil {
		return nil, fmt.Errorf("JSONPath %q: %w", excerpt([]byte(text)), err)
	}
	return path, nil
}

func compileTemplateXPath(text string) (*xmldoc.XPath, error) {
	text = strings.TrimSpace(text)
	path, err := xmldoc.CompileXPath(text, nil)
	if err != nil {
		return nil, fmt.Errorf("XPath %q: %w", excerpt([]byte(text)), err)
	}
	return path, nil
}

// jsonPath keeps what a JSONPath selects of the body for jsonPathResult, ""
// for nothing (MockServer RequestBodyExtractionHelper).
func (s *templateScope) jsonPath(a mustache.Argument) string {
	s.found = ""
	path, ok := a.Prepared.(*jsonpath.Path)
	if !ok {
		var err error
		if path, err = compileTemplatePath(a.Text); err != nil {
			return ""
		}
	}
	doc, ok := s.body.document()
	if !ok {
		var err error
		if doc, err = jsondoc.ParseLenient([]byte(s.body.string())); err != nil {
			return ""
		}
	}
	found, err := path.Select(&doc)
	switch {
	case err != nil:
	case !path.Single():
		all := jsondoc.Array()
		for _, v := range found {
			all.Items = append(all.Items, *v)
		}
		s.found = jsonList{all}
	case len(found) > 0 && found[0].Kind != jsondoc.KindNull:
		s.found = jsonValue(*found[0])
		if list, ok := s.found.(jsonList); ok && strings.HasSuffix(path.String(), "keys()") {
			s.found = list.Items() // a java.util.Set
		}
	}
	return ""
}

// xPath is what an XPath makes of the body, "" where it is no XML.
func (s *templateScope) xPath(a mustache.Argument) string {
	path, ok := a.Prepared.(*xmldoc.XPath)
	if !ok {
		var err error
		if path, err = compileTemplateXPath(a.Text); err != nil {
			return ""
		}
	}
	doc, err := s.body.xmlDocument()
	if err != nil {
		return ""
	}
	result, err := path.Text(doc)
	if err != nil {
		return ""
	}
	return result
}

// jsonValue is a JSON value for a template, as Java has it: floating-point
// numbers are doubles, an object is a map, and prints as one.
func jsonValue(v jsondoc.Value) mustache.Value {
	switch v.Kind {
	case jsondoc.KindString:
		return v.Text
	case jsondoc.KindNumber:
		return javaNumber(v.Text)
	case jsondoc.KindBool:
		return v.Bool
	case jsondoc.KindArray:
		return jsonList{v}
	case jsondoc.KindObject:
		return jsonMap(v)
	case jsondoc.KindNull:
	}
	return nil
}

func javaNumber(text string) mustache.Number {
	if jsondoc.IsInteger(text) {
		if text == "-0" {
			text = "0"
		}
		return mustache.Number(text)
	}
	f, _ := strconv.ParseFloat(text, 64) // beyond a double: infinite, as in Java
	return mustache.Double(f)
}

// A jsonMap is a JSON object (java.util.Map).
type jsonMap jsondoc.Value

// Get implements [mustache.Scope].
func (j jsonMap) Get(name string) (mustache.Value, bool) {
	if v, ok := jsondoc.Value(j).Get(name); ok {
		return jsonValue(v), true
	}
	all := mustache.List{}
	for _, m := range j.Members {
		switch name {
		case "entrySet":
			all = append(all, entry{m.Name, jsonValue(m.Value)})
		case "keySet":
			all = append(all, m.Name)
		case "values":
			all = append(all, jsonValue(m.Value))
		}
	}
	return all, name == "entrySet" || name == "keySet" || name == "values"
}

// String is the map as Java prints it; lists in it print as JSON.
func (j jsonMap) String() string {
	entries, _ := j.Get("entrySet")
	all := mustache.Text(entries)
	return "{" + all[1:len(all)-1] + "}"
}

// A jsonList is a JSON array (net.minidev.json.JSONArray).
type jsonList struct{ array jsondoc.Value }

// Items implements [mustache.Listing].
func (j jsonList) Items() mustache.List {
	all := make(mustache.List, len(j.array.Items))
	for i, item := range j.array.Items {
		all[i] = jsonValue(item)
	}
	return all
}

// String is JSON, as json-smart prints it.
func (j jsonList) String() string { return string(appendSmart(nil, &j.array)) }

// appendSmart appends a value as json-smart prints it (JSONStyle's default).
func appendSmart(dst []byte, v *jsondoc.Value) []byte {
	switch v.Kind {
	case jsondoc.KindString:
		return appendSmartString(dst, v.Text)
	case jsondoc.KindNumber:
		if f, _ := strconv.ParseFloat(v.Text, 64); math.IsInf(f, 0) && !jsondoc.IsInteger(v.Text) {
			return append(dst, "null"...)
		}
		return append(dst, javaNumber(v.Text)...)
	case jsondoc.KindArray:
		dst = append(dst, '[')
		for i := range v.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendSmart(dst, &v.Items[i])
		}
		return append(dst, ']')
	case jsondoc.KindObject:
		dst = append(dst, '{')
		for i := range v.Members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendSmartString(dst, v.Members[i].Name), ':')
			dst = appendSmart(dst, &v.Members[i].Value)
		}
		return append(dst, '}')
	case jsondoc.KindBool, jsondoc.KindNull:
	}
	return v.AppendCompact(dst)
}

// smartEscapes are the characters with an escape of their own.
var smartEscapes = map[rune]string{
	'"': `\"`, '\\': `\\`, '/': `\/`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`,
}

func appendSmartString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch escape := smartEscapes[r]; {
		case escape != "":
			dst = append(dst, escape...)
		case r < ' ', 0x7f <= r && r <= 0x9f, 0x2000 <= r && r <= 0x20ff:
			dst = fmt.Appendf(dst, `\u%04X`, r)
		default:
			dst = append(dst, string(r)...)
		}
	}
	return append(dst, '"')
}
