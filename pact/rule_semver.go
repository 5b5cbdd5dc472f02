package pact

import (
	"fmt"
	"regexp"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// semverRule wants the text of a version (Semantic Versioning 2.0.0).
type semverRule struct{ scalarOnly }

func compileSemver(jsondoc.Value) (rule, error) { return semverRule{scalarOnly{"semver"}}, nil }

// semverPattern is the expression that semver.org suggests.
var semverPattern = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)` +
	`(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?` +
	`(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$`)

func (semverRule) text(_, got string) string {
	if semverPattern.MatchString(got) {
		return ""
	}
	return fmt.Sprintf("expected a semantic version but was '%s'", clip(got))
}

func (r semverRule) scalar(_, got jsondoc.Value) string {
	if got.Kind != jsondoc.KindString {
		return fmt.Sprintf("expected a semantic version but was %s %s", got.Kind, describe(got))
	}
	return r.text("", got.Text)
}
