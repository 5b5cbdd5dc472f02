package expectations

import (
	"errors"
	"slices"
)

// Fallback has the request answered by a server, and where that cannot or does
// not answer well by an answer of our own (MockServer
// httpForwardWithFallback).
type Fallback struct {
	// Forward is the server; its Delay counts besides Delay.
	Forward Forward
	// Answer takes the place of the server's.
	Answer *Answer
	// Statuses are those of the server's answer that do not do; none are 500
	// to 599.
	Statuses []int
	// Strict has failures to get any answer told as they are: MockServer's
	// fallbackOnTimeout, if it is false.
	Strict bool
	// Delay is waited before the request is sent.
	Delay Delay
}

// Kind is "httpForwardWithFallback".
func (*Fallback) Kind() string { return "httpForwardWithFallback" }

func (*Fallback) isAction() {}

func (f *Fallback) check() error {
	if f == nil || f.Answer == nil {
		return errors.New("an httpForwardWithFallback needs a fallbackResponse")
	}
	return f.Forward.check()
}

// Replaces reports whether a server's answer with the status does not do.
func (f *Fallback) Replaces(status int) bool {
	if len(f.Statuses) == 0 {
		return 500 <= status && status <= 599
	}
	return slices.Contains(f.Statuses, status)
}
