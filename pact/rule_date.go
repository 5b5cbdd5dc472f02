package pact

import (
	"fmt"

	"github.com/pactape/pactape/expectations/jsondoc"
)

func compileDate(attributes jsondoc.Value) (rule, error) {
	return compileTemporal("date", "yyyy-MM-dd", attributes)
}

// A temporalRule wants text in a format of Java's DateTimeFormatter.
type temporalRule struct {
	scalarOnly
	format  string
	pattern datePattern
}

// compileTemporal reads the format, which older writers put under the
// matcher's own name.
func compileTemporal(name, format string, attributes jsondoc.Value) (rule, error) {
	for _, key := range [...]string{"format", name, "timestamp"} {
		if v, ok := attributes.Get(key); ok && scalarText(v) != "" {
			format = scalarText(v)
			break
		}
	}
	pattern, err := parseDatePattern(format)
	if err != nil {
		return nil, fmt.Errorf("unsupported matching rule %q: format '%s': %w", name, format, err)
	}
	return temporalRule{scalarOnly{name}, format, pattern}, nil
}

func (r temporalRule) text(_, got string) string {
	if r.pattern.match(got) {
		return ""
	}
	return fmt.Sprintf("expected a %s in the format '%s' but was '%s'", r.name, r.format, clip(got))
}

func (r temporalRule) scalar(_, got jsondoc.Value) string { return r.text("", comparedText(got)) }
