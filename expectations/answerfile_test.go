package expectations_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
)

// fileAnswer is an expectation whose answer is a file.
func fileAnswer(path string) *expectations.Expectation {
	e := onPath("/file")
	e.ID = "file"
	e.Action = &expectations.Respond{Answers: []*expectations.Answer{{
		Status: 201, Body: &expectations.AnswerBody{Kind: expectations.AnswerFile, File: path, ContentType: "text/x"},
	}}}
	return e
}

// TestAnswerFile cannot be parallel: it changes the working directory.
func TestAnswerFile(t *testing.T) {
	dir := t.TempDir()
	inside := filepath.Join(dir, "work")
	for path, content := range map[string]string{"work/a.txt": "one", "work/sub/b.txt": "two", "secret.txt": "secret"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, path), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "secret.txt"), filepath.Join(inside, "link.txt")); err != nil {
		t.Skip("no links here: ", err)
	}
	large, err := os.Create(filepath.Join(inside, "large"))
	if err != nil {
		t.Fatal(err)
	}
	if err := large.Truncate(expectations.MaxAnswerFile + 1); err != nil {
		t.Fatal(err)
	}
	if err := large.Close(); err != nil {
		t.Fatal(err)
	}
	t.Chdir(inside)
	space, _ := newSpace(t)
	serve := func(path string) *expectations.Answer {
		put(t, space.Set, fileAnswer(path))
		hit, ok, err := space.Match(t.Context(), get("/file"), expectations.MatchOptions{})
		if err != nil || !ok {
			t.Fatalf("%s: %v, %v", path, ok, err)
		}
		return hit.Answer
	}
	for _, test := range []struct {
		path, content string
		status        int
	}{
		{"a.txt", "one", 201},
		{"sub/../sub/b.txt", "two", 201},
		{filepath.Join(inside, "a.txt"), "one", 201},
		{"missing.txt", `"missing.txt" cannot be read: there is no such file`, 404},
		{"sub", "not a regular file", 500},
		{"large", "larger than 33554432 bytes", 500},
		{"../secret.txt", "leads out of the working directory", 500},
		{filepath.Join(dir, "secret.txt"), "leads out of the working directory", 500},
		{"link.txt", "cannot be read", 500},
	} {
		a := serve(test.path)
		if a.Status != test.status || !strings.Contains(string(a.Body.Bytes), test.content) || string(a.Body.Bytes) == "secret" {
			t.Errorf("%s: %d %.200s", test.path, a.Status, a.Body.Bytes)
		}
	}
	if err := os.WriteFile("a.txt", []byte("edited"), 0o600); err != nil {
		t.Fatal(err)
	}
	if a := serve("a.txt"); string(a.Body.Bytes) != "edited" || a.Body.ContentType != "text/x" {
		t.Errorf("an edit does not show: %s", a.Body.Bytes)
	}
	if e, _ := space.Set.Get("file"); e.Action.(*expectations.Respond).Answers[0].Body.Bytes != nil { //nolint:forcetypeassert // it was put as one
		t.Error("the expectation itself was changed")
	}
}

func TestCheckAnswerFile(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"": "is empty", "a/b": "", "a/../b": "", "../a": "leads out", "a/../../b": "leads out", "/etc/passwd": "leads out", ".": "",
	} {
		err := expectations.CheckAnswerFile(path)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v", path, err)
		}
	}
}

// TestTemplateFile cannot be parallel: it changes the working directory.
func TestTemplateFile(t *testing.T) {
	t.Chdir(t.TempDir())
	made, err := expectations.NewTemplateFile(expectations.TemplateMustache, "a.txt")
	if err != nil {
		t.Fatal(err)
	}
	in := expectations.TemplateInput{Request: &expectations.Request{Method: "GET"}}
	for content, want := range map[string]string{"one {{request.method}}": "one GET", "two": "two", "{{#a}}": `the template's file "a.txt": line 1: section "a" has no end: write {{/a}}`} {
		if err := os.WriteFile("a.txt", []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			got, err := made.Render(in)
			if err != nil {
				got = err.Error()
			}
			if got != want {
				t.Errorf("%q: %s, want %s", content, got, want)
			}
		}
	}
	if _, err := expectations.NewTemplateFile(expectations.TemplateMustache, "/etc/passwd"); err == nil {
		t.Error("any file of the machine is read")
	}
}
