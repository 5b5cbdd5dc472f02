package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
)

func main() {
	if os.Getenv("GOGC") == "" {
		// The request log and the cache of answers are large and live long: at
		// the usual 100 percent they would take twice their bounds.
		debug.SetGCPercent(50)
	}
	os.Exit(execute(context.Background(), os.Args[1:]))
}

// execute runs the command line and returns the exit code.
func execute(ctx context.Context, args []string) int {
	root := newRoot()
	root.SetArgs(respell(root, mockServerCommand(args)))
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil {
		if text := errorText(err); text != "" {
			_, _ = fmt.Fprintln(cmd.ErrOrStderr(), "pactape:", text)
		}
		if usageWanted(err) {
			_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "\n%s", usage(cmd))
		}
	}
	return exitCode(err)
}
