package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

// runChild runs the command with our stdio and env, passes signals on to it,
// and waits for its end. The code is what a shell would report: 128+n where
// signal n ended it. err is set only if the child could not be started.
//
// An interrupt typed at a terminal reaches the child by itself, since it
// shares our process group; it is passed on only where there is no terminal.
// ctx is not tied to the child: it ends when it wants to, as it would without
// us.
func runChild(_ context.Context, command, env []string) (code int, err error) {
	child := exec.Command(command[0], command[1:]...) //nolint:noctx // the child outlives a cancelled context: it is told by signal and ends by itself
	child.Env = env
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr

	signals := make(chan os.Signal, 16)
	signal.Notify(signals, forwardedSignals...)
	defer signal.Stop(signals)
	if err := child.Start(); err != nil {
		return 0, fmt.Errorf("start %s: %w", command[0], err)
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }() // ends with the child, whom the loop below waits for
	for {
		select {
		case sig := <-signals:
			if sig == os.Interrupt && term.IsTerminal(int(os.Stdin.Fd())) {
				continue
			}
			_ = child.Process.Signal(sig) // it may just have ended
		case err := <-ended:
			return childCode(err), nil
		}
	}
}

func childCode(err error) int {
	if err == nil {
		return 0
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return exitFailed
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exit.ExitCode()
}
