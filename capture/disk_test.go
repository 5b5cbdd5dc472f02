package capture_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/capture/journal"
)

// A badDisk lets tests fail and hold up the files of a journal.
type badDisk struct {
	mu   sync.Mutex
	full bool
	hold chan struct{} // if not nil, writes wait for it to be closed
}

func (d *badDisk) open(name string, flag int, perm fs.FileMode) (journal.File, error) {
	f, err := os.OpenFile(name, flag, perm)
	return &badFile{File: f, disk: d}, err
}

func (d *badDisk) set(full bool, hold chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.full, d.hold = full, hold
}

type badFile struct {
	*os.File
	disk *badDisk
}

func (f *badFile) WriteAt(p []byte, offset int64) (int, error) {
	f.disk.mu.Lock()
	full, hold := f.disk.full, f.disk.hold
	f.disk.mu.Unlock()
	if hold != nil {
		<-hold
	}
	if !full {
		return f.File.WriteAt(p, offset)
	}
	n, err := f.File.WriteAt(p[:len(p)/2], offset)
	return n, errors.Join(err, &fs.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC})
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	w := &watcher{}
	var log bytes.Buffer
	d := &badDisk{}
	o := capture.WithFiles(capture.Options{
		Dir: t.TempDir(), Observer: w, Logger: slog.New(slog.NewTextHandler(&log, nil)),
	}, d.open)
	tp := openTape(t, o).run(t)
	s := tp.session(t, "")
	record := func(path string) {
		tp.Record(get(path, "x"))
		tp.flush(t)
	}
	record("/before")
	d.set(true, nil)
	for range 3 {
		record("/lost")
	}
	d.set(false, nil)
	record("/after")
	if diff := cmp.Diff([]string{"/before", "/after"}, paths(t, s)); diff != "" {
		t.Error(diff)
	}
	if n := strings.Count(log.String(), "not recorded"); n != 1 || !strings.Contains(log.String(), "no space left") {
		t.Errorf("logged %d times: %s", n, &log)
	}
	if c := w.counts(); c["dropped write_failed"] != 3 || c["recorded"] != 2 {
		t.Errorf("observed: %v", c)
	}
	tp = tp.reopen(t, capture.Options{Dir: o.Dir})
	got := tp.session(t, "").Stats()
	if diff := cmp.Diff(map[string]int64{capture.DropWriteFailed: 3}, got.Dropped); diff != "" || got.Loaded != 2 || got.Damaged != 0 {
		t.Errorf("after reopening: %s %+v", diff, got)
	}
}

// TestLossAtTheEnd: what nobody has recorded yet is when the writer ends.
func TestLossAtTheEnd(t *testing.T) {
	t.Parallel()
	d := &badDisk{}
	dir := t.TempDir()
	tp := openTape(t, capture.WithFiles(capture.Options{Dir: dir}, d.open)).run(t)
	tp.session(t, "")
	d.set(true, nil)
	tp.Record(get("/lost", "x"))
	tp.flush(t)
	d.set(false, nil)
	tp = tp.reopen(t, capture.Options{Dir: dir})
	if got := tp.session(t, "").Stats(); got.DroppedTotal() != 1 {
		t.Errorf("after reopening: %+v", got)
	}
}

// TestSlowDisk: while the disk stalls, Record returns and the bound holds.
func TestSlowDisk(t *testing.T) {
	t.Parallel()
	d := &badDisk{}
	w := &watcher{}
	const queue = 10
	tp := openTape(t, capture.WithFiles(capture.Options{Dir: t.TempDir(), Queue: queue, Observer: w, CommitDelay: -1}, d.open)).run(t)
	s := tp.session(t, "")
	hold := make(chan struct{})
	d.set(false, hold)
	const total = 1000
	for range total {
		tp.Record(get("/", "x"))
	}
	if depth := tp.QueueDepth(); depth > queue {
		t.Errorf("queue depth %d", depth)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := tp.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("flush on a stalled disk: %v", err)
	}
	close(hold)
	tp.flush(t)
	got := s.Stats()
	if n := got.Exchanges + got.DroppedTotal(); n != total || got.Exchanges < queue || got.Exchanges > 2*queue {
		t.Errorf("%d recorded, %d dropped of %d", got.Exchanges, got.DroppedTotal(), total)
	}
}
