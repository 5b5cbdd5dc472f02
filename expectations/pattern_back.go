package expectations

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// maxBacktracking is how long a regular expression on the backtracking engine
// may take over one value; one that takes longer does not match. (MockServer
// has such a limit too.)
const maxBacktracking = 250 * time.Millisecond

// A backtracker is a regular expression that RE2 cannot run, on an engine that
// tries one way after another. What it spends on a value is bounded in time
// and in memory.
type backtracker struct{ re *regexp2.Regexp }

// compileBacktracking compiles a text in the notation of Java's
// java.util.regex to match values as a whole.
func compileBacktracking(java string, options regexp2.RegexOptions) (*backtracker, error) {
	text, err := translateJava(java)
	if err != nil {
		return nil, err
	}
	if flags, _, _ := strings.Cut(text, ")"); strings.HasPrefix(flags, "(?") && strings.Trim(flags[2:], "imnsx-") == "" && strings.HasSuffix(flags, "x") {
		text += "\n" // ends a comment
	}
	re, err := regexp2.Compile(`\A(?:`+text+`)\z`, options, regexp2.OptionMaintainCaptureOrder())
	if err != nil {
		return nil, fmt.Errorf("no regular expression for either engine: %w", err)
	}
	re.MatchTimeout = maxBacktracking
	return &backtracker{re}, nil
}

// textOptions are those of a [Text]: case-insensitive, "." matches line breaks.
// RE2 is about the classes \d, \s and \w, which are ASCII in Java too.
const textOptions = regexp2.RE2 | regexp2.IgnoreCase | regexp2.Singleline

// MatchString reports whether s matches within the bounds.
func (b *backtracker) MatchString(s string) bool {
	ok, err := b.re.MatchString(s)
	return ok && err == nil
}

// A regexMatcher is a regular expression on either engine.
type regexMatcher interface{ MatchString(s string) bool }

// javaRegexp compiles a regular expression of Java's that keeps case: to match
// a string as a whole, or a part of it.
func javaRegexp(expr string, whole bool) (regexMatcher, error) {
	text := expr
	if whole {
		text = `\A(?:` + expr + `)\z`
	}
	re, err := regexp.Compile(text)
	java := scanJava(expr)
	switch {
	case err == nil && (java.broken || java.clear == "" && java.likely == ""):
		return re, nil
	case java.broken:
		return nil, err
	}
	if !whole {
		expr = `(?s:.*)(?:` + expr + `)(?s:.*)`
	}
	back, err := compileBacktracking(expr, regexp2.RE2)
	if err != nil {
		return nil, err
	}
	return back, nil
}
