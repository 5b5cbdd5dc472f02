package expectations_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pactape/pactape/expectations"
)

// compilePath compiles a condition on the path alone.
func compilePath(t *testing.T, path string) *expectations.Compiled {
	t.Helper()
	c, err := expectations.Compile(&expectations.RequestMatcher{Path: expectations.Text{Value: path}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A textCase is a text and a value it matches, or not.
type textCase struct {
	name, pattern, value string
	want                 bool
}

func (c textCase) run(t *testing.T) {
	t.Parallel()
	compiled, err := expectations.Compile(&expectations.RequestMatcher{Headers: oneOf("X", c.pattern)})
	if err != nil {
		t.Fatal(err)
	}
	req := get("/")
	req.Header.Set("X", c.value)
	if got := compiled.Match(req); got != c.want {
		t.Errorf("%.40q matches %.40q: %v", c.pattern, c.value, got)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, test := range []textCase{
		{"blank", "", "/anything", true},
		{"literal", "/a", "/a", true},
		{"literal ignores case", "/Orders", "/orDERS", true},
		{"literal is whole", "/a", "/ab", false},
		{"unicode ignores case", "/ÉCOLE", "/école", true},
		{"kelvin sign is a k", "/\u212a", "/k", true},
		{"regex", "/a/[0-9]+", "/a/12", true},
		{"regex is whole at the end", "/a/[0-9]+", "/a/12x", false},
		{"regex is whole at the beginning", "a/[0-9]+", "/a/12", false},
		{"regex ignores case", "/A/[a-z]+", "/a/BC", true},
		{"regex dot matches line breaks", "a.*b", "a\n\nb", true},
		{"everything", ".*", "", true},
		{"something", ".+", "", false},
		{"nothing", "^$", "", true},
		{"nothing only", "^$", "/", false},
		{"alternation is held together", "/a|/b", "/ac", false},
		{"alternation", "/a|/b", "/B", true},
		{"anchors are allowed", "^/a$", "/a", true},
		{"text of the regex itself", "/a/[0-9]+", "/A/[0-9]+", true},
		{"a dot is any character", "/a.b", "/axb", true},
		{"escaped literal", `/a\.b`, "/A.B", true},
		{"escaped literal is no regex", `/a\.b`, "/axb", false},
		{"escaped literal as written", `/a\.b`, `/a\.b`, true},
		{"quoted literal", `\Q/a.b\E`, "/a.b", true},
		{"unterminated quote", `\Q/a(b`, "/A(B", true},
		{"quote and more", `\Q/a+\E[0-9]`, "/a+7", true},
		{"case kept where asked", `/a/(?-i:B)`, "/a/b", false},
		{"case kept where asked, as asked", `/a/(?-i:B)`, "/A/B", true},
		{"suffix", "/[a-z]+/end", "/x/END", true},
		{"suffix differs", "/[a-z]+/end", "/x/edn", false},
		{"suffix with a letter of another length", "/[a-z]+k", "/x\u212a", true},
		{"repetition", "/(ab){2}", "/abab", true},
		{"braces of a template are text", "/a/{id}", "/a/{id}", true},
		{"braces of a template stand for nothing", "/a/{id}", "/a/1", false},
	} {
		t.Run(test.name, test.run)
	}
}

func TestTextThatIsNoRegex(t *testing.T) {
	t.Parallel()
	for _, test := range []textCase{
		// What no engine compiles is text.
		{"unclosed group", "/a(b", "/A(B", true},
		{"unclosed group is no regex", "/a(b", "/ab", false},
		{"closing twice", "/a)(b", "/a)(b", true},
		{"unclosed class", "/a[b", "/a[b", true},
		{"dangling star", "*/a", "*/a", true},
		{"reversed repetition", "/a{3,1}", "/a{3,1}", true},
		{"unclosed look-ahead", "/a(?=b", "/a(?=b", true},

		// What Java could read otherwise but text contains.
		{"a language", "c++", "C++", true},
		{"a language among others", "c++ (x86)", "c++ (x86)", true},
		{"a drive", `C:\home`, `c:\home`, true},
		{"a back-reference to nothing", `/a\1`, `/a\1`, true},
		{"too long for a regex", strings.Repeat("a", 8192) + ".", strings.Repeat("a", 8193), false},
	} {
		t.Run(test.name, test.run)
	}
}

// TestTextOfJava has what RE2 lacks; the verdicts are those of
// java.util.regex.
func TestTextOfJava(t *testing.T) {
	t.Parallel()
	for _, test := range []textCase{
		{"look-ahead", "/a(?=b).*", "/abc", true},
		{"look-ahead fails", "/a(?=b).*", "/acb", false},
		{"negative look-ahead", "^(?!/admin).*$", "/users", true},
		{"negative look-ahead fails", "^(?!/admin).*$", "/ADMIN/users", false},
		{"look-behind", "a(?<=a)b", "ab", true},
		{"negative look-behind", ".*(?<!x)b", "axb", false},
		{"atomic group keeps what it took", "(?>a+)ab", "aab", false},
		{"atomic group", "(?>a+)b", "aab", true},
		{"back-reference", `/(a|b)/\1`, "/B/b", true},
		{"back-reference differs", `/(a|b)/\1`, "/a/b", false},
		{"back-reference by name", `(?<x>a|b)\k<x>`, "bb", true},
		{"named groups are numbered in order", `(?<x>a)(b)\1\2`, "abab", true},
		{"possessive", "[a-z]++z", "abcz", false},
		{"look-behind of an x", "(?<!x)a", "a", true},
		{"look-behind of an x, longer", "(?<!x)a", "a\n", false},
		{"binary property", `\p{IsAlphabetic}+`, "aé", true},
		{"binary property differs", `\p{IsAlphabetic}+`, "a1", false},
		{"Java's property", `\p{javaAlphabetic}+`, "aé", true},
		{"possessive, enough left", `\d*+x`, "12x", true},
		{"intersection", "[a-z&&[^b]]+x", "acx", true},
		{"intersection leaves out", "[a-z&&[^b]]+x", "abx", false},
		{"intersection of three", "[a-z&&[a-m]&&[^c]]+", "abd", true},
		{"union", "[a-d[m-p]]+", "amp", true},
		{"union leaves out", "[a-d[m-p]]+", "aq", false},
		{"union with a complement", "[a[^b-z]]+", "aA1", true},
		{"complement of a union", "[^a-d[m-p]]+", "xyz", true},
		{"complement of an intersection", "[^a-z&&[^b]]+", "b1", true},
		{"POSIX class", `\p{Alpha}+`, "abC", true},
		{"POSIX class leaves out", `\p{Alpha}+`, "a1", false},
		{"complement of a POSIX class", `\P{Alpha}+`, "12", true},
		{"class of Java", `\p{javaDigit}+`, "12", true},
		{"script", `\p{IsGreek}+`, "\u03b1\u03b2", true},
		{"punctuation", `\p{Punct}+x`, "[]^`x", true},
		{"horizontal space", `\h+x`, "\t\u00a0x", true},
		{"horizontal space is no line break", `\h+x`, "\nx", false},
		{"not horizontal space", `[\H]+`, "ab", true},
		{"line break", `a\R+b+`, "a\r\nbb", true},
		{"unicode escape", `\d\u0041`, "1a", true},
		{"comments", "(?x) a b # text", "ab", true},
		{"Java's flags mean nothing", "(?iu)(?=a).b", "AB", true},
		{"quoted beside a look-ahead", `(?=.*)\Qa.b\E+`, "a.bbb", true},
		{"many repetitions", "a{1001}", strings.Repeat("a", 1001), true},
		{"too few of them", "a{1001}", strings.Repeat("a", 1000), false},
		{"repetitions of repetitions", "(a{600}){3}", strings.Repeat("a", 1800), true},
		{"digits are ASCII", `(?=.)\d`, "\u0663", false},
		{"a dot matches line breaks", "(?=a).*b", "a\n\nb", true},
		{"the text itself", "(?=a).*b", "(?=A).*B", true},
	} {
		t.Run(test.name, test.run)
	}
}

// TestTextIsBounded: an expression that would try for ever gives up.
func TestTextIsBounded(t *testing.T) {
	t.Parallel()
	started := time.Now()
	if compilePath(t, `(?=.)(a+)+b\1?`).Match(get(strings.Repeat("a", 4000))) {
		t.Error("a match")
	}
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("gave up after %v", took)
	}
}

func TestCompileRejectsWhatNoEngineHas(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		`\d\X`:                  `the escape \X is not supported`,
		`\p{InGreekExtended}+x`: `\p{InGreekExtended}`,
		`\P{javaMirrored}`:      `\P{javaMirrored}`,
		`\d\N{DIGIT ONE}`:       `the escape \N`,
	} {
		t.Run(pattern, func(t *testing.T) {
			t.Parallel()
			_, err := expectations.Compile(&expectations.RequestMatcher{Path: expectations.Text{Value: pattern}})
			e, ok := errors.AsType[*expectations.PatternError](err)
			if !ok {
				t.Fatalf("error %v", err)
			}
			if e.Field != "path" || e.Pattern != pattern || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v; want it to name %s", err, want)
			}
		})
	}
}

func TestCompileAcceptsWhatBothHave(t *testing.T) {
	t.Parallel()
	for pattern, value := range map[string]string{
		`(?i)/a`:            "/A",
		`(?:a|b)+?`:         "ab",
		`(?<name>a)b`:       "ab",
		`[[:alpha:]]+`:      "abc",
		`[]a]+`:             "]a",
		`[^]]+`:             "abc",
		`\p{L}+\p{Lu}\pN`:   "aéÉ1",
		`\x41\t\\`:          "a\t\\",
		`a{1000}`:           strings.Repeat("a", 1000),
		`[a\]&]+`:           "a]&",
		`(\Q(\E)+`:          "((",
		`\bfoo\b`:           "foo",
		`/v1\.0/[\w-]{2,3}`: "/v1.0/a-b",
	} {
		t.Run(pattern, func(t *testing.T) {
			t.Parallel()
			if !compilePath(t, pattern).Match(get(value)) {
				t.Errorf("%s does not match %s", pattern, value)
			}
		})
	}
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{"/a(b", "[a-z]++", `\Q`, "(?", "[[", "{1,", `\p{`, "(?<=", "a{1001}", "\xff(", "c++", "(?=a)[a&&[^b[c]]]", `\p{Alpha}\R++`, `(?x-d:\h)(?u)\Q(`} {
		f.Add(seed, "/a")
	}
	f.Fuzz(func(t *testing.T, pattern, value string) {
		c, err := expectations.Compile(&expectations.RequestMatcher{Path: expectations.Text{Value: pattern}})
		if err != nil {
			if _, ok := errors.AsType[*expectations.PatternError](err); !ok {
				t.Fatalf("error %v", err)
			}
			return
		}
		if !c.Match(&expectations.Request{Path: pattern}) {
			t.Errorf("%q does not match itself", pattern)
		}
		// The index must agree with the condition.
		set := expectations.NewSet(expectations.SetOptions{})
		if _, err := set.Put(onPath(pattern)); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{pattern, value, strings.ToUpper(pattern)} {
			req := get(path)
			if _, found := set.Find(req, expectations.FindOptions{}); found != c.Match(req) {
				t.Errorf("pattern %q, path %q: found %v, matches %v", pattern, path, found, c.Match(req))
			}
		}
	})
}
