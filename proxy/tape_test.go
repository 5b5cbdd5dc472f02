package proxy_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/pactape/pactape/capture"
)

type tape struct {
	mu        sync.Mutex
	exchanges []*capture.Exchange
	more      chan struct{}
}

func newTape() *tape { return &tape{more: make(chan struct{}, 1)} }

func (tp *tape) Record(ex *capture.Exchange) {
	ex.Release()
	tp.mu.Lock()
	tp.exchanges = append(tp.exchanges, ex)
	tp.mu.Unlock()
	select {
	case tp.more <- struct{}{}:
	default:
	}
}

func (tp *tape) all() []*capture.Exchange {
	tp.mu.Lock()
	defer tp.mu.Unlock()
	return append([]*capture.Exchange(nil), tp.exchanges...)
}

func (tp *tape) only(t testing.TB) *capture.Exchange {
	t.Helper()
	all := tp.all()
	if len(all) != 1 {
		t.Fatalf("%d exchanges recorded, want 1", len(all))
	}
	return all[0]
}

func (tp *tape) wait(t testing.TB, n int) *capture.Exchange {
	t.Helper()
	deadline := time.After(patience)
	for {
		if all := tp.all(); len(all) >= n {
			return all[n-1]
		}
		select {
		case <-tp.more:
		case <-deadline:
			t.Fatalf("%d exchanges recorded, want %d", len(tp.all()), n)
		}
	}
}

type logBook struct {
	mu      sync.Mutex
	records []logged
}

type logged struct {
	message string
	attrs   map[string]string
}

func (b *logBook) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }

func (b *logBook) Handle(_ context.Context, r slog.Record) error {
	rec := logged{message: r.Message, attrs: map[string]string{}}
	r.Attrs(func(a slog.Attr) bool {
		rec.attrs[a.Key] = a.Value.String()
		return true
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	b.records = append(b.records, rec)
	return nil
}

func (b *logBook) WithAttrs([]slog.Attr) slog.Handler { return b }
func (b *logBook) WithGroup(string) slog.Handler      { return b }

func (b *logBook) with(message string) []logged {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []logged
	for _, r := range b.records {
		if r.message == message {
			found = append(found, r)
		}
	}
	return found
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not so in time: %s", what)
		}
		<-tick.C
	}
}
