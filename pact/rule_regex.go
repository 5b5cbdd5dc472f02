package pact

import (
	"fmt"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// regexRule wants a value whose text matches an expression as a whole. An
// array or an object passes; what is in it is compared by the rule in turn.
type regexRule struct {
	pattern string
	re      textMatcher
}

func compileRegex(attributes jsondoc.Value) (rule, error) {
	v, ok := attributes.Get("regex")
	if !ok {
		return nil, fmt.Errorf("matching rule \"regex\" without an expression")
	}
	pattern := scalarText(v)
	re, err := compileOniguruma(pattern)
	if err != nil {
		return nil, fmt.Errorf("unsupported matching rule \"regex\": %w", err)
	}
	return regexRule{pattern, re}, nil
}

func (r regexRule) text(_, got string) string {
	ok, err := r.re.match(got)
	switch {
	case err != nil:
		return fmt.Sprintf("'%s' against '%s': %v", clip(got), clip(r.pattern), err)
	case ok:
		return ""
	}
	return fmt.Sprintf("expected '%s' to match '%s'", clip(got), clip(r.pattern))
}

func (r regexRule) scalar(_, got jsondoc.Value) string { return r.text("", comparedText(got)) }

func (regexRule) container(container) string { return "" }

// element compares the local name, as the reference does.
func (r regexRule) element(_, got *xmlElement, _ bool) string { return r.text("", got.local) }
