package expectations_test

import (
	"errors"
	"strings"
	"testing"

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

func TestCompileRejectsWhatOnlyJavaHas(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"/a(?=b).*":         "look-ahead (?=",
		"^(?!/admin).*$":    "look-ahead (?!",
		"(?<=a)b":           "look-behind (?<=",
		"(?<!a)b":           "look-behind (?<!",
		"(?>a+)b":           "atomic group",
		`/(a|b)/\1`:         `back-reference \1`,
		`(?<x>a)\k<x>`:      `back-reference \k<`,
		`[a-z]++`:           "possessive quantifier ++",
		`\d*+`:              "possessive quantifier *+",
		`.*+x`:              "possessive quantifier *+",
		`[a-z&&[^b]]`:       "class intersection",
		`[a-d[m-p]]`:        "class within a class",
		`\p{Alpha}+`:        `\p{Alpha}`,
		`\P{javaLowerCase}`: `\P{javaLowerCase}`,
		`\h+x`:              `\h`,
		`\d\u0041`:          `\u`,
		`(?x) a`:            "flag (?x)",
		`a{1001}`:           "more than 1000",
		`(a{600}){3}`:       "invalid repeat count",
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
	for _, seed := range []string{"/a(b", "[a-z]++", `\Q`, "(?", "[[", "{1,", `\p{`, "(?<=", "a{1001}", "\xff(", "c++"} {
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
