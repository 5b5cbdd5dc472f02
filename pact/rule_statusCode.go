package pact

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// statusCodeRule wants a status code of a class, or one of a list. Beyond
// texts it is never asked: the reference lets JSON scalars pass.
type statusCodeRule struct {
	class string
	codes []int
}

// statusClass is the codes that a class of Pact V4 spans.
func statusClass(name string) (from, to int, ok bool) {
	switch name {
	case "info":
		return 100, 199, true
	case "success":
		return 200, 299, true
	case "redirect":
		return 300, 399, true
	case "clientError":
		return 400, 499, true
	case "serverError":
		return 500, 599, true
	case "nonError":
		return 0, 399, true
	case "error":
		return 400, 1<<16 - 1, true
	}
	return 0, 0, false
}

func compileStatusCode(attributes jsondoc.Value) (rule, error) {
	status, ok := attributes.Get("status")
	if !ok {
		return nil, fmt.Errorf("matching rule \"statusCode\" without a status")
	}
	switch status.Kind {
	case jsondoc.KindString:
		if _, _, ok := statusClass(status.Text); ok {
			return statusCodeRule{class: status.Text}, nil
		}
	case jsondoc.KindArray:
		r := statusCodeRule{}
		for _, item := range status.Items {
			n, err := strconv.ParseUint(scalarText(item), 10, 16)
			if err != nil {
				return nil, fmt.Errorf("matching rule \"statusCode\": %s is not a status code", describe(item))
			}
			r.codes = append(r.codes, int(n))
		}
		return r, nil
	case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindObject:
	}
	return nil, fmt.Errorf("matching rule \"statusCode\": %s is no class of status codes", describe(status))
}

func (r statusCodeRule) text(_, got string) string {
	n, err := strconv.ParseUint(got, 10, 16)
	if err != nil {
		return fmt.Sprintf("expected a status code but was '%s'", clip(got))
	}
	if r.class == "" {
		if slices.Contains(r.codes, int(n)) {
			return ""
		}
		return fmt.Sprintf("expected one of the status codes %v but was %d", r.codes, n)
	}
	if from, to, _ := statusClass(r.class); int(n) >= from && int(n) <= to {
		return ""
	}
	return fmt.Sprintf("expected a status code of the class %s but was %d", r.class, n)
}

func (statusCodeRule) scalar(_, _ jsondoc.Value) string { return "" }

func (statusCodeRule) container(container) string {
	return `only a status can match the rule "statusCode"`
}
