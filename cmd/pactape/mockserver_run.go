package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"

	"github.com/pactape/pactape/expectations"
)

// A mockServerRun is what goes on beside the server for users of MockServer.
type mockServerRun struct {
	initializer *initializer
	keepers     []*keeper
	log         *slog.Logger
}

// begin loads the files of expectations, and says once which of MockServer's
// settings mean nothing here. A file that cannot be loaded is an error.
func (o *mockServerOptions) begin(ctx context.Context, s *stack, space *expectations.Space) error {
	if len(o.without) > 0 {
		s.o.log.WarnContext(ctx, "settings of MockServer that mean nothing here", slog.String("names", strings.Join(o.without, " ")))
	}
	run := &mockServerRun{log: s.o.log}
	if len(o.initialization) > 0 {
		run.initializer = &initializer{patterns: o.initialization, space: space, log: s.o.log}
		if err := run.initializer.load(ctx); err != nil {
			return fmt.Errorf("--initialization-json: %w", err)
		}
	}
	if o.persist != "" {
		run.keepers = append(run.keepers, keepExpectations(filepath.Clean(o.persist), space, s.o.log))
	}
	if o.persistRecorded != "" {
		run.keepers = append(run.keepers, keepRecorded(filepath.Clean(o.persistRecorded), space, &s.recorded, s.o.log))
	}
	o.run = run
	return nil
}

// during serves, and meanwhile watches and keeps what was asked for; at the
// end, when everything recorded has been written, it keeps what is left.
func (o *mockServerOptions) during(ctx context.Context, serve func(context.Context) error) error {
	beside, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	if o.watch && o.run.initializer != nil {
		group.Go(func() {
			if err := o.run.initializer.watch(beside); err != nil {
				o.run.log.ErrorContext(beside, "files of expectations are not watched", slog.Any("error", err))
			}
		})
	}
	for _, k := range o.run.keepers {
		group.Go(func() { k.run(beside) })
	}
	err := serve(ctx)
	stop()
	group.Wait()
	for _, k := range o.run.keepers {
		k.finish(context.WithoutCancel(ctx)) // ctx has ended, as a rule
	}
	return err
}
