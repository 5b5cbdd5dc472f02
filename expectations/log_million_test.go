package expectations_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/pactape/pactape/expectations"
)

// TestMillionRequests logs a million requests, each with memory of its own, and
// looks at what is alive after every tenth of them: it does not grow, and the
// estimate that bounds it is near the truth. It is not parallel: it looks at the
// heap, which others share.
func TestMillionRequests(t *testing.T) {
	if testing.Short() {
		t.Skip("it logs a million requests")
	}
	const bound, total, steps = 8 << 20, 1_000_000, 10
	log := expectations.NewLog(bound)
	before := alive()
	for step := range steps {
		for i := range total / steps {
			req := get(fmt.Sprintf("/orders/%d", step*total+i))
			req.Body.Bytes = make([]byte, 200)
			log.Add(expectations.Entry{
				Request: req, Outcome: expectations.Matched, ExpectationID: "stub",
				Response: &expectations.Response{Status: 200, Body: expectations.Body{Bytes: req.Body.Bytes}},
			})
		}
		if log.Bytes() > bound {
			t.Fatalf("the log counts %d bytes after %d requests, of %d", log.Bytes(), (step+1)*total/steps, bound)
		}
		// Ring, entries and what the estimate is short of: no more than half.
		if grown := alive() - before; grown > bound*3/2 {
			t.Fatalf("%d bytes are alive after %d requests, the bound is %d", grown, (step+1)*total/steps, bound)
		}
	}
	if got := log.Evicted() + uint64(log.Len()); got != total {
		t.Errorf("%d were evicted or are there, want %d", got, total)
	}
	if log.Len() < 1000 {
		t.Errorf("only %d are left", log.Len())
	}
	entries := log.All()
	if want := fmt.Sprintf("/orders/%d", (steps-1)*total+total/steps-1); entries[len(entries)-1].Request.Path != want {
		t.Errorf("the newest is %s, want %s", entries[len(entries)-1].Request.Path, want)
	}
	runtime.KeepAlive(log)
}

// alive is what is on the heap once garbage is collected, in bytes.
func alive() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) //nolint:gosec // a heap has fewer bytes than that
}
