package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// A Revision is what is being built. What could not be found out is empty.
type Revision struct {
	// Commit is the hash of the commit.
	Commit string
	// Branch is its branch, without "refs/heads/".
	Branch string
	// BuildURL leads to the build, for people.
	BuildURL string
}

// DefaultTimeout bounds each call of git.
const DefaultTimeout = 5 * time.Second

// Options say where to look.
type Options struct {
	// Dir is in the repository; "" is the current directory.
	Dir string
	// Getenv reads the environment; nil is [os.Getenv].
	Getenv func(string) string
	// Timeout bounds each call of git; 0 is [DefaultTimeout].
	Timeout time.Duration
}

// Detect finds out what it can. The error says why there is no commit; the
// rest may be known all the same.
func Detect(ctx context.Context, o Options) (Revision, error) {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	r := fromCI(o.Getenv)
	var err error
	if r.Commit == "" {
		if r.Commit, err = o.git(ctx, "rev-parse", "--verify", "HEAD"); err != nil {
			return r, err
		}
	}
	if r.Branch == "" {
		// A detached head is on no branch.
		r.Branch, _ = o.git(ctx, "symbolic-ref", "--quiet", "--short", "HEAD")
	}
	return r, nil
}

// git runs git and returns the line that it prints.
func (o Options) git(ctx context.Context, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = o.Dir
	cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
	cmd.WaitDelay = time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	switch {
	case err == nil:
		return strings.TrimSpace(string(out)), nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "", fmt.Errorf("git %s does not end within %s", args[0], o.Timeout)
	}
	said, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
	if said == "" {
		said = err.Error()
	}
	return "", fmt.Errorf("git %s: %s", args[0], said)
}
