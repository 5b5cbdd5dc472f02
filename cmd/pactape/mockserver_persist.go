package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
)

// A keeper keeps the expectations of a space in a file: it writes them anew
// whenever they have changed, so that the file is whole at any time.
type keeper struct {
	path  string
	space *expectations.Space
	log   *slog.Logger
	// state changes when what is to be written may have; print prints it.
	state func() [2]uint64
	print func(context.Context, *bytes.Buffer) error
	// sync, if set, waits for what is to be printed.
	sync func(context.Context) error

	seen    [2]uint64
	written [sha256.Size]byte
}

// keepInterval is how often a keeper looks for changes.
const keepInterval = 250 * time.Millisecond

// keepExpectations keeps what was made by hand or imported.
func keepExpectations(path string, space *expectations.Space, log *slog.Logger) *keeper {
	k := &keeper{path: path, space: space, log: log}
	k.state = func() [2]uint64 { return [2]uint64{space.Set.Version()} }
	k.print = func(_ context.Context, b *bytes.Buffer) error {
		return wire.EncodeExpectations(b, wire.All(space.Set.All()))
	}
	k.seen = k.state()
	return k
}

// keepRecorded keeps what was recorded; recorded counts exchanges.
func keepRecorded(path string, space *expectations.Space, recorded *atomic.Uint64, log *slog.Logger) *keeper {
	k := &keeper{path: path, space: space, log: log}
	k.state = func() [2]uint64 { return [2]uint64{recorded.Load(), uint64(space.Captured.Len())} }
	k.sync = space.Captured.Sync
	k.print = func(ctx context.Context, b *bytes.Buffer) error {
		return wire.EncodeRecorded(b, space.Captured.All(ctx))
	}
	k.seen = k.state()
	return k
}

// run writes until ctx ends. What changes later is for finish.
func (k *keeper) run(ctx context.Context) {
	tick := time.NewTicker(keepInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			k.write(ctx, k.sync)
		case <-ctx.Done():
			return
		}
	}
}

// finish writes what has changed, once everything recorded is on disk.
func (k *keeper) finish(ctx context.Context) { k.write(ctx, nil) }

// write writes the file if something has changed. Trouble is logged, and it
// is tried again.
func (k *keeper) write(ctx context.Context, wait func(context.Context) error) {
	now := k.state()
	if now == k.seen {
		return
	}
	var b bytes.Buffer
	var err error
	if wait != nil {
		err = wait(ctx)
	}
	if err == nil {
		err = k.print(ctx, &b)
	}
	digest := sha256.Sum256(b.Bytes())
	if err == nil && digest != k.written {
		if err = os.MkdirAll(filepath.Dir(k.path), 0o755); err == nil {
			err = replaceFile(k.path, b.Bytes())
		}
	}
	if err != nil {
		if ctx.Err() == nil {
			k.log.ErrorContext(ctx, "expectations are not kept", slog.String("file", k.path), slog.Any("error", err))
		}
		return
	}
	k.seen, k.written = now, digest
}
