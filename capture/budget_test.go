package capture_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
)

// fill writes p in pieces of at most step bytes.
func fill(t testing.TB, b *capture.Buffer, p []byte, step int) {
	t.Helper()
	for len(p) > 0 {
		n := min(step, len(p))
		if w, err := b.Write(p[:n]); w != n || err != nil {
			t.Fatalf("write of %d bytes: %d, %v", n, w, err)
		}
		p = p[n:]
	}
}

func TestBufferKeepsBytes(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	budget := capture.NewBudget(64 << 20)
	for _, size := range []int{0, 1, 2047, 2048, 2049, 18 << 10, 100_000, 1 << 20, 1<<20 + 1} {
		for _, step := range []int{1 + rng.IntN(100), 512, 4096, 32 << 10, 1 << 21} {
			body := make([]byte, size)
			for i := range body {
				body[i] = byte(rng.Uint32())
			}
			b := budget.NewBuffer(1 << 20)
			fill(t, b, body, step)
			held := budget.Used()
			got := b.Body("gzip")
			want := expectations.Body{Coding: "gzip", Encoded: size > 0, Size: int64(size), Truncated: size > 1<<20}
			if size > 0 {
				want.Bytes = body[:min(size, 1<<20)]
			}
			if !bytes.Equal(got.Bytes, want.Bytes) {
				t.Fatalf("size %d, step %d: bytes differ", size, step)
			}
			got.Bytes, want.Bytes = nil, nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("size %d, step %d: %s", size, step, diff)
			}
			if used := budget.Used(); used != int64(min(size, 1<<20)) || held < used {
				t.Errorf("size %d, step %d: charged %d while collecting, %d for the body", size, step, held, used)
			}
			b.Discard()
			b.Discard()
			if used := budget.Used(); used != 0 {
				t.Fatalf("size %d, step %d: %d bytes charged after Discard", size, step, used)
			}
		}
	}
}

func TestBufferTruncates(t *testing.T) {
	t.Parallel()
	budget := capture.NewBudget(20 << 10)
	first, second := budget.NewBuffer(1<<20), budget.NewBuffer(1<<20)
	fill(t, first, make([]byte, 17<<10), 1<<20)
	fill(t, second, bytes.Repeat([]byte("b"), 5000), 1000)
	if used := budget.Used(); used > 20<<10 {
		t.Errorf("%d bytes charged on a budget of %d", used, 20<<10)
	}
	first.Discard()
	fill(t, second, []byte("after room was made"), 5) // must not follow the gap
	got := second.Body("")
	if !got.Truncated || got.Size != 5019 || len(got.Bytes) != 2048 || bytes.ContainsAny(got.Bytes, "afterroom") {
		t.Errorf("body of %d bytes, size %d, truncated %v", len(got.Bytes), got.Size, got.Truncated)
	}
	second.Discard()

	none := capture.NewBudget(0).NewBuffer(1 << 20)
	fill(t, none, []byte("x"), 1)
	if got := none.Body(""); !got.Truncated || got.Size != 1 || got.Bytes != nil {
		t.Errorf("without a budget: %+v", got)
	}
	cut := budget.NewBuffer(1 << 20)
	fill(t, cut, []byte("begin"), 5)
	cut.Truncate()
	if got := cut.Body(""); !got.Truncated || string(got.Bytes) != "begin" {
		t.Errorf("cut short: %+v", got)
	}
	cut.Discard()
	if used := budget.Used(); used != 0 {
		t.Errorf("%d bytes charged at the end", used)
	}
}

func TestBufferLateWrites(t *testing.T) {
	t.Parallel()
	budget := capture.NewBudget(1 << 20)
	b := budget.NewBuffer(100)
	fill(t, b, []byte("body"), 4)
	want := b.Body("identity")
	fill(t, b, []byte("late"), 4)
	if diff := cmp.Diff(want, b.Body("br")); diff != "" {
		t.Error(diff)
	}
	if want.Encoded {
		t.Error("identity counts as a coding")
	}
	ex := &capture.Exchange{Request: &expectations.Request{Body: want}, RequestBuffer: b}
	ex.Release()
	fill(t, b, []byte("later"), 4)
	if used := budget.Used(); used != 0 || string(want.Bytes) != "body" {
		t.Errorf("%d bytes charged, body %q", used, want.Bytes)
	}
}

func TestNilBudget(t *testing.T) {
	t.Parallel()
	var budget *capture.Budget
	b := budget.NewBuffer(10)
	fill(t, b, []byte("x"), 1)
	b.Truncate()
	if diff := cmp.Diff(expectations.Body{}, b.Body("gzip")); diff != "" || budget.Used() != 0 {
		t.Error(diff)
	}
	b.Discard()
}

func TestBudgetConcurrent(t *testing.T) {
	t.Parallel()
	const total = 256 << 10
	budget := capture.NewBudget(total)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(g), 1))
			for range 300 {
				want := bytes.Repeat([]byte{byte(g)}, rng.IntN(100_000))
				b := budget.NewBuffer(80_000)
				fill(t, b, want, 1+rng.IntN(40_000))
				if used := budget.Used(); used > total {
					t.Errorf("%d of %d bytes charged", used, total)
				}
				if rng.IntN(4) > 0 {
					got := b.Body("")
					if !bytes.HasPrefix(want, got.Bytes) || got.Truncated != (len(got.Bytes) < len(want)) {
						t.Errorf("%d bytes of %d, truncated %v", len(got.Bytes), len(want), got.Truncated)
					}
				}
				b.Discard()
			}
		})
	}
	wg.Wait()
	if used := budget.Used(); used != 0 {
		t.Errorf("%d bytes charged at the end", used)
	}
}

func BenchmarkBuffer(b *testing.B) {
	for _, size := range []int{1 << 10, 64 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			budget := capture.NewBudget(64 << 20)
			piece := make([]byte, min(size, 32<<10))
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				buf := budget.NewBuffer(10 << 20)
				for n := 0; n < size; n += len(piece) {
					if _, err := buf.Write(piece); err != nil {
						b.Fatal(err)
					}
				}
				buf.Body("")
				buf.Discard()
			}
		})
	}
}
