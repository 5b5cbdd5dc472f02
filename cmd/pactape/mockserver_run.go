package main

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"github.com/pactape/pactape/expectations"
)

// A mockServerRun is what goes on beside the server for users of MockServer.
type mockServerRun struct {
	o        *mockServerOptions
	recorded *recordedCounts
	log      *slog.Logger
	// more is told that there are more companions.
	more chan struct{}

	mu         sync.Mutex // guards companions
	companions []*companion
}

// begin loads the files of expectations, and says once which of MockServer's
// settings mean nothing here. A file that cannot be loaded is an error; so it
// is for whoever is the first to use a session that has files of its own.
func (o *mockServerOptions) begin(ctx context.Context, s *stack, space *expectations.Space) error {
	if len(o.without) > 0 {
		s.o.log.WarnContext(ctx, "settings of MockServer that mean nothing here", slog.String("names", strings.Join(o.without, " ")))
	}
	o.run = &mockServerRun{o: o, recorded: &s.recorded, log: s.o.log, more: make(chan struct{}, 1)}
	if err := o.run.attend(ctx, space); err != nil {
		return err
	}
	s.opened = func(space *expectations.Space) error { return o.run.attend(ctx, space) }
	return nil
}

// during serves, and meanwhile watches and keeps what was asked for; at the
// end, when everything recorded has been written, it keeps what is left.
func (o *mockServerOptions) during(ctx context.Context, serve func(context.Context) error) error {
	beside, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() { o.run.accompany(beside) })
	err := serve(ctx)
	stop()
	group.Wait()
	for _, c := range o.run.since(0) {
		for _, k := range c.keepers {
			k.finish(context.WithoutCancel(ctx)) // ctx has ended, as a rule
		}
	}
	return err
}
