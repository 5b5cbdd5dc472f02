//go:build unix

package main

import (
	"os"
	"syscall"
)

// forwardedSignals are passed on to the child of run.
var forwardedSignals = []os.Signal{
	os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT,
	syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH, syscall.SIGCONT,
}

// stopSignals end serve.
var stopSignals = []os.Signal{os.Interrupt, syscall.SIGTERM}
