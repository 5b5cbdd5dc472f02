package main

import "errors"

// Exit codes, see the package comment.
const (
	exitFine   = 0
	exitNo     = 1
	exitFailed = 2
)

// errNo says that the command ran and its answer is no. What there is to say
// has been printed by then.
var errNo = errors.New("the answer is no")

// A usageError is a command line that cannot be understood; the usage is
// printed after it.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// A childExit carries the exit code of the command that run wrapped.
type childExit struct{ code int }

func (e *childExit) Error() string { return "the command ended with an error" }

// exitCode is the one place where an error becomes an exit code.
func exitCode(err error) int {
	if err == nil {
		return exitFine
	}
	if child, ok := errors.AsType[*childExit](err); ok {
		return child.code
	}
	if errors.Is(err, errNo) {
		return exitNo
	}
	return exitFailed
}

// errorText is what is printed of err; empty where everything has been said.
func errorText(err error) string {
	if _, ok := errors.AsType[*childExit](err); ok || errors.Is(err, errNo) {
		return ""
	}
	return err.Error()
}

func usageWanted(err error) bool {
	_, ok := errors.AsType[*usageError](err)
	return ok
}
