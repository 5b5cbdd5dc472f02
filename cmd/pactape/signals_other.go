//go:build !unix

package main

import "os"

// forwardedSignals are passed on to the child of run.
var forwardedSignals = []os.Signal{os.Interrupt}

// stopSignals end serve.
var stopSignals = []os.Signal{os.Interrupt}
