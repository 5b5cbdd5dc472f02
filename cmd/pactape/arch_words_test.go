package main_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// A taboo is text that no file of the repository has.
type taboo struct {
	pattern *regexp.Regexp
	why     string
}

// taboos are written with brackets so that they do not match themselves.
func taboos() []taboo {
	return []taboo{
		{
			regexp.MustCompile(`(?:^|[\s"'(=:])/(?:w[o]rk|h[o]me|r[o]ot|U[s]ers|f[a]rm)/[\w.-]+/`),
			"a path of somebody's machine",
		},
		{
			regexp.MustCompile(`\b(?:[sS]ub-?a[g]ents?|bash_j[o]bs)\b|\b(?:d[e]sign|s[t]yle|c[o]ntract|users-w[a]nt|pr[o]xy-notes)\.md\b`),
			"the repository speaks of itself alone",
		},
		{
			regexp.MustCompile(`(?i)\bi[s]sue [0-9]+\b`),
			"a number that says nothing here: cite the specification, or a link",
		},
		{
			regexp.MustCompile(`(?://|#|/\*).*\b(?:T[O]DO|F[I]XME|X[X]X)\b`),
			"unfinished work",
		},
	}
}

// checkWords returns the lines of text files that have a taboo.
func checkWords(tree fs.FS) ([]string, error) {
	var problems []string
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", "bin", "dist", "contracts", "node_modules", "venv", "target"}, entry.Name()):
			return fs.SkipDir
		case !entry.Type().IsRegular() || name == ".git" || name == "LICENSE" || path.Ext(name) == ".sum": // .git is a file in a worktree
			return nil
		}
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		if bytes.IndexByte(data, 0) >= 0 {
			return nil // not text
		}
		number := 0
		for line := range bytes.Lines(data) {
			number++
			for _, t := range taboos() {
				if t.pattern.Match(line) {
					problems = append(problems, fmt.Sprintf("%s:%d: %s: %s", name, number, t.why, bytes.TrimSpace(line)))
				}
			}
		}
		return nil
	})
	return problems, err
}

func TestWords(t *testing.T) {
	t.Parallel()
	problems, err := checkWords(repository(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

// TestWordsBite proves that each taboo is found, and that its neighbours are
// not.
func TestWordsBite(t *testing.T) {
	t.Parallel()
	bad := map[string]string{
		"path":        "see /ho" + "me/ann/notes/x",
		"assigned":    "DIR=/wo" + "rk/main/capture",
		"helpers":     "written by a suba" + "gent",
		"notes":       "as de" + "sign.md says",
		"number":      "guards iss" + "ue 12",
		"unfinished":  "x := 1 // TO" + "DO: y",
		"shell":       "# FIX" + "ME later",
		"upper issue": "Iss" + "ue 7 has it",
	}
	for name, line := range bad {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := checkWords(fstest.MapFS{"a/b.txt": {Data: []byte("fine\n" + line + "\n")}})
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 1 || got[0][:len("a/b.txt:2: ")] != "a/b.txt:2: " {
				t.Errorf("problems of %q = %q, want one in line 2", line, got)
			}
		})
	}
	fine := "GET /users/1/items\nhttps://github.com/golang/go/issues/33695\nworks/main\na request agent\nhomework/a/b\n" +
		"path \"/home\"\ncontext.TODO would be wrong\nthe design of MockServer\n"
	got, err := checkWords(fstest.MapFS{
		"README.md":     {Data: []byte(fine)},
		"x.gz":          {Data: []byte("\x00 /ho" + "me/ann/notes/x")},
		".git":          {Data: []byte("gitdir: /ho" + "me/ann/notes/x")},
		"b/.git/config": {Data: []byte("/ho" + "me/ann/notes/x")},
		"go.sum":        {Data: []byte("iss" + "ue 3")},
		"bin/x.txt":     {Data: []byte("iss" + "ue 3")},
		"a/.gitignore":  {Data: []byte("*.swp")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string(nil), got); diff != "" {
		t.Errorf("problems in fine text (-want +got):\n%s", diff)
	}
}
