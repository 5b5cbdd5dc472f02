package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pactape/pactape/expectations"
)

// sessionPlace stands for the name of a session in the path of a file: then
// each session has files of its own. One without is the default session's.
const sessionPlace = "{session}"

// ofSession is the path of a session; ok is false where it has none.
func ofSession(path string, id expectations.SessionID) (own string, ok bool) {
	if !strings.Contains(path, sessionPlace) {
		return path, path != "" && id == ""
	}
	return strings.ReplaceAll(path, sessionPlace, id.String()), true
}

// A companion is what goes on beside a session: its files are loaded, watched
// and kept.
type companion struct {
	initializer *initializer // nil for no files
	keepers     []*keeper
}

// attend loads the files of a session that has been opened, and has the rest
// of what goes on beside it begun.
func (r *mockServerRun) attend(ctx context.Context, space *expectations.Space) error {
	c := &companion{}
	var patterns []string
	templated := false
	for _, pattern := range r.o.initialization {
		if own, ok := ofSession(pattern, space.ID); ok {
			patterns = append(patterns, own)
			templated = templated || own != pattern
		}
	}
	log := r.log
	if space.ID != "" {
		log = log.With(slog.String("session", space.ID.String()))
	}
	if len(patterns) > 0 {
		c.initializer = &initializer{patterns: patterns, space: space, log: log, mayMiss: templated}
		if err := c.initializer.load(ctx); err != nil {
			return fmt.Errorf("--initialization-json: %w", err)
		}
	}
	if path, ok := ofSession(r.o.persist, space.ID); ok {
		c.keepers = append(c.keepers, keepExpectations(filepath.Clean(path), space, log))
	}
	if path, ok := ofSession(r.o.persistRecorded, space.ID); ok {
		c.keepers = append(c.keepers, keepRecorded(filepath.Clean(path), space, r.recorded.of(space.ID), log))
	}
	r.mu.Lock()
	r.companions = append(r.companions, c)
	r.mu.Unlock()
	select {
	case r.more <- struct{}{}:
	default: // it has been told
	}
	return nil
}

// since are the companions but for the first n.
func (r *mockServerRun) since(n int) []*companion {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.companions[n:len(r.companions):len(r.companions)]
}

// accompany watches and keeps for all sessions, those that are opened later
// too, until ctx ends.
func (r *mockServerRun) accompany(ctx context.Context) {
	var group sync.WaitGroup
	defer group.Wait()
	for begun := 0; ; {
		for _, c := range r.since(begun) {
			begun++
			if r.o.watch && c.initializer != nil {
				group.Go(func() {
					if err := c.initializer.watch(ctx); err != nil {
						r.log.ErrorContext(ctx, "files of expectations are not watched", slog.Any("error", err))
					}
				})
			}
			for _, k := range c.keepers {
				group.Go(func() { k.run(ctx) })
			}
		}
		select {
		case <-r.more:
		case <-ctx.Done():
			return
		}
	}
}

// recordedCounts counts exchanges by session. The zero value is ready; it is
// safe for concurrent use.
type recordedCounts struct{ bySession sync.Map } // *atomic.Uint64 by id

func (r *recordedCounts) of(id expectations.SessionID) *atomic.Uint64 {
	n, ok := r.bySession.Load(id)
	if !ok {
		n, _ = r.bySession.LoadOrStore(id, new(atomic.Uint64))
	}
	count, _ := n.(*atomic.Uint64) // there is nothing else in it
	return count
}
