package revision_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/cmd/pactape/revision"
)

// from reads variables written as NAME=VALUE.
func from(entries ...string) func(string) string {
	return func(name string) string {
		for _, entry := range entries {
			if k, v, _ := strings.Cut(entry, "="); k == name {
				return v
			}
		}
		return ""
	}
}

func TestDetectCI(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		env  []string
		want revision.Revision
	}{
		{
			"GitHub, push",
			[]string{
				"GITHUB_ACTIONS=true", "GITHUB_SHA=abc", "GITHUB_REF_NAME=feat/x", "GITHUB_REF_TYPE=branch",
				"GITHUB_SERVER_URL=https://github.com", "GITHUB_REPOSITORY=o/r", "GITHUB_RUN_ID=5",
			},
			revision.Revision{Commit: "abc", Branch: "feat/x", BuildURL: "https://github.com/o/r/actions/runs/5"},
		},
		{
			"GitHub, pull request",
			[]string{"GITHUB_ACTIONS=true", "GITHUB_SHA=abc", "GITHUB_REF_NAME=12/merge", "GITHUB_HEAD_REF=feat/x", "GITHUB_REF_TYPE=branch"},
			revision.Revision{Commit: "abc", Branch: "feat/x"},
		},
		{
			"GitHub, tag",
			[]string{"GITHUB_ACTIONS=true", "GITHUB_SHA=abc", "GITHUB_REF_NAME=v1", "GITHUB_REF_TYPE=tag"},
			revision.Revision{Commit: "abc"},
		},
		{
			"GitLab",
			[]string{"GITLAB_CI=true", "CI_COMMIT_SHA=abc", "CI_COMMIT_BRANCH=main", "CI_JOB_URL=https://gitlab/j/1"},
			revision.Revision{Commit: "abc", Branch: "main", BuildURL: "https://gitlab/j/1"},
		},
		{
			"GitLab, merge request",
			[]string{"GITLAB_CI=true", "CI_COMMIT_SHA=abc", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feat/y"},
			revision.Revision{Commit: "abc", Branch: "feat/y"},
		},
		{"Jenkins", []string{"JENKINS_URL=u", "GIT_COMMIT=abc", "GIT_BRANCH=origin/main", "BUILD_URL=b"}, revision.Revision{Commit: "abc", Branch: "main", BuildURL: "b"}},
		{"Hudson", []string{"HUDSON_URL=u", "GIT_COMMIT=abc", "GIT_LOCAL_BRANCH=main", "BUILD_URL=b"}, revision.Revision{Commit: "abc", Branch: "main", BuildURL: "b"}},
		{"Azure", []string{"TF_BUILD=True", "BUILD_SOURCEVERSION=abc", "BUILD_SOURCEBRANCH=refs/heads/a/b"}, revision.Revision{Commit: "abc", Branch: "a/b"}},
		{"Azure, pull request merge", []string{"TF_BUILD=True", "BUILD_SOURCEVERSION=abc", "BUILD_SOURCEBRANCH=refs/pull/1/merge"}, revision.Revision{Commit: "abc"}},
		{"CodeShip", []string{"CI_NAME=codeship", "CI_COMMIT_ID=abc", "CI_BRANCH=main"}, revision.Revision{Commit: "abc", Branch: "main"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := revision.Detect(t.Context(), revision.Options{Dir: t.TempDir(), Getenv: from(tc.env...)})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("revision (-want +got):\n%s", diff)
			}
		})
	}
}

// git runs git in a directory and returns what it prints.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestDetectGit(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("PACTAPE_E2E") == "require" {
			t.Fatal("git is missing")
		}
		t.Skip("git is missing")
	}
	dir := t.TempDir()
	detect := func(env ...string) (revision.Revision, error) {
		return revision.Detect(t.Context(), revision.Options{Dir: dir, Getenv: from(env...)})
	}
	if _, err := detect(); err == nil || !strings.Contains(err.Error(), "git rev-parse:") {
		t.Errorf("no repository: error %v", err)
	}
	git(t, dir, "init", "-q", "-b", "feat/x")
	if _, err := detect(); err == nil {
		t.Error("no commit: no error")
	}
	git(t, dir, "commit", "-q", "--allow-empty", "-m", "first")
	commit := git(t, dir, "rev-parse", "HEAD")
	check := func(what string, want revision.Revision, env ...string) {
		t.Helper()
		got, err := detect(env...)
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	check("branch", revision.Revision{Commit: commit, Branch: "feat/x"})
	git(t, dir, "checkout", "-q", "--detach")
	check("detached head", revision.Revision{Commit: commit})
	check("detached head, CI knows", revision.Revision{Commit: commit, Branch: "main"}, "GITLAB_CI=1", "CI_COMMIT_BRANCH=main")
}

// TestGitHangs pins that a git that never ends does not keep anybody.
func TestGitHangs(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a script stands in for git")
	}
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte("#!/bin/sh\nexec sleep 60\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	_, err := revision.Detect(t.Context(), revision.Options{Dir: bin, Getenv: from(), Timeout: 50 * time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "does not end within 50ms") {
		t.Errorf("error %v", err)
	}
}
