package capture_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/capture/journal"
)

// heapAfter is the heap that stays in use after f, in bytes.
func heapAfter(f func() any) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	keep := f()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(keep)
	return after.HeapAlloc - min(before.HeapAlloc, after.HeapAlloc)
}

// TestMemory feeds a million exchanges over ten thousand requests. It must not
// run beside others, which use the same heap.
func TestMemory(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("takes seconds, and measures the heap")
	}
	const exchanges, requests = 1_000_000, 10_000
	for name, tt := range map[string]struct {
		answer func(i int) uint64
		caller func(i int) uint64
		limit  uint64 // bytes
	}{
		"equal answers":         {func(int) uint64 { return 1 }, func(int) uint64 { return 1 }, 8 << 20},
		"every answer differs":  {func(i int) uint64 { return uint64(i) }, func(int) uint64 { return 1 }, 45 << 20},
		"every caller differs":  {func(int) uint64 { return 1 }, func(i int) uint64 { return uint64(i) }, 60 << 20},
		"hot request, changing": {func(i int) uint64 { return uint64(i) }, func(i int) uint64 { return uint64(i % 3) }, 45 << 20},
	} {
		used := heapAfter(func() any {
			l := capture.NewLearned(capture.LearnedOptions{Reader: fixed{}})
			for i := range exchanges {
				n := i % requests
				if strings.HasPrefix(name, "hot") {
					n = 0
				}
				lesson := capture.Lesson{
					Key:    capture.Key{Hash: [16]byte{byte(n), byte(n >> 8)}, Authority: "api.test"},
					Answer: tt.answer(i), Caller: tt.caller(i),
				}
				l.Learn(lesson, journal.Position{Segment: uint32(1 + i/50_000), Offset: int64(i % 50_000 * 1300)})
			}
			return l
		})
		t.Logf("%s: %.1f MB", name, float64(used)/1e6)
		if used > tt.limit {
			t.Errorf("%s: %d bytes in use, want at most %d", name, used, tt.limit)
		}
	}
}

func BenchmarkLearn(b *testing.B) {
	l := capture.NewLearned(capture.LearnedOptions{Reader: fixed{}, Redactor: keyed(b, 1)})
	exchanges := make([]*capture.Exchange, 1000)
	for i := range exchanges {
		exchanges[i] = &capture.Exchange{
			Request:  asked(fmt.Sprintf("GET api.test/v1/orders/%d?page=2", i), "", "Accept: application/json"),
			Response: answered(200, strings.Repeat(`{"sku":"A-1","price":12.5}`, 40), jsonType, "Etag: \"1\"", "Date: x"),
		}
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		ex := exchanges[i%1000]
		l.Learn(l.Lesson(ex), journal.Position{Segment: 1, Offset: int64(i)})
		i++
	}
}

func BenchmarkFind(b *testing.B) {
	for _, n := range []int{1, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := newReel(b, capture.LearnedOptions{Redactor: keyed(b, 1), Cache: capture.NewAnswerCache(64 << 20)})
			for i := range n {
				r.record(asked(fmt.Sprintf("GET api.test/v1/orders/%d?page=2", i), "", "Accept: application/json"),
					answered(200, strings.Repeat(`{"sku":"A-1","price":12.5}`, 40), jsonType))
			}
			req := asked(fmt.Sprintf("GET api.test/v1/orders/%d?page=2", n/2), "", "Accept: application/json", "Authorization: Bearer abc")
			b.ReportAllocs()
			for b.Loop() {
				if _, ok, err := r.Find(b.Context(), req, false); !ok || err != nil {
					b.Fatal(ok, err)
				}
			}
		})
	}
}
