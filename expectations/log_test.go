package expectations_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
)

// entry is a finished entry for a path.
func entry(path string) expectations.Entry {
	return expectations.Entry{Request: get(path), Outcome: expectations.Matched, ExpectationID: "id" + path}
}

func paths(entries []expectations.Entry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, e.Request.Path)
	}
	return out
}

func TestLogKeepsOrder(t *testing.T) {
	t.Parallel()
	log := expectations.NewLog(0)
	var want []string
	for i := range 200 { // beyond the first size of the ring
		path := fmt.Sprintf("/%d", i)
		if seq := log.Add(entry(path)); seq != uint64(i+1) {
			t.Fatalf("entry %d got number %d", i, seq)
		}
		want = append(want, path)
	}
	if diff := cmp.Diff(want, paths(log.All())); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := paths(log.Select(compilePath(t, "/1?7"))); !cmp.Equal(got, []string{"/7", "/17"}) {
		t.Errorf("selected %v", got)
	}
	if log.Len() != 200 || log.Evicted() != 0 || log.Bytes() <= 0 {
		t.Errorf("%d entries, %d bytes, %d evicted", log.Len(), log.Bytes(), log.Evicted())
	}
}

func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	const bound = 100_000
	log := expectations.NewLog(bound)
	for i := range 1000 {
		e := entry(fmt.Sprintf("/%d", i))
		e.Response = &expectations.Response{Status: 200, Header: http.Header{"A": {strings.Repeat("x", 100)}}, Body: expectations.Body{Bytes: make([]byte, 1000)}}
		log.Add(e)
		if log.Bytes() > bound {
			t.Fatalf("%d bytes after %d entries", log.Bytes(), i+1)
		}
	}
	all := log.All()
	if n := len(all); n < 20 || n > 100 || n != log.Len() || log.Evicted() != uint64(1000-n) {
		t.Errorf("%d entries of more than 1000 bytes, %d counted, %d evicted", n, log.Len(), log.Evicted())
	}
	if got := all[len(all)-1].Request.Path; got != "/999" {
		t.Errorf("the newest is %s", got)
	}
	if log.Clear(nil) != len(all) || log.Bytes() != 0 || log.Len() != 0 {
		t.Errorf("after clear: %d bytes, %d entries", log.Bytes(), log.Len())
	}
	if seq := log.Add(entry("/x")); seq != 1001 {
		t.Errorf("numbers start over: %d", seq)
	}
}

func TestLogLeavesOutBodiesBeyondItsSize(t *testing.T) {
	t.Parallel()
	log := expectations.NewLog(10_000)
	log.Add(entry("/before"))
	e := entry("/large")
	e.Request.Body = expectations.Body{Bytes: make([]byte, 9000), Size: 9000}
	e.Response = &expectations.Response{Status: 201, Body: expectations.Body{Bytes: make([]byte, 9000), Size: 9000}}
	log.Add(e)
	all := log.All()
	last := all[len(all)-1]
	if last.Request.Path != "/large" || last.Response.Status != 201 {
		t.Fatalf("the newest is %s", last.Request.Path)
	}
	for _, b := range []expectations.Body{last.Request.Body, last.Response.Body} {
		if b.Bytes != nil || !b.Truncated || b.Size != 9000 {
			t.Errorf("%d bytes of %d, truncated %v", len(b.Bytes), b.Size, b.Truncated)
		}
	}
	if e.Request.Body.Truncated || len(e.Response.Body.Bytes) != 9000 {
		t.Error("the caller's messages changed")
	}
}

func TestLogFinish(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	log := expectations.NewLog(0)
	pending := expectations.Entry{Time: at, Request: get("/a"), Outcome: expectations.Pending, ExpectationID: "e", CorrelationID: "c"}
	first := log.Add(pending)
	second := log.Add(pending)
	before := log.Bytes()
	response := &expectations.Response{Status: 200, Body: expectations.Body{Bytes: make([]byte, 500)}}
	log.Finish(second, expectations.Entry{Outcome: expectations.Forwarded, Response: response})
	want := expectations.Entry{
		Seq: second, Time: at, Request: pending.Request, Response: response,
		Outcome: expectations.Forwarded, ExpectationID: "e", CorrelationID: "c",
	}
	if diff := cmp.Diff(want, log.All()[1]); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := log.Bytes() - before; got != 500 {
		t.Errorf("it grew by %d bytes", got)
	}
	log.Finish(second, expectations.Entry{Outcome: expectations.Failed})
	if got := log.All()[1].Outcome; got != expectations.Forwarded {
		t.Errorf("finished twice: %s", got)
	}
	log.Clear(compilePath(t, "/a"))
	log.Finish(first, expectations.Entry{Outcome: expectations.Matched, Request: get("/a")})
	log.Finish(99, expectations.Entry{Outcome: expectations.Matched, Request: get("/a")})
	if log.Len() != 0 || log.Bytes() != 0 {
		t.Errorf("finished after clear: %d entries, %d bytes", log.Len(), log.Bytes())
	}
}

func TestLogClear(t *testing.T) {
	t.Parallel()
	log := expectations.NewLog(0)
	for i := range 100 {
		log.Add(entry(fmt.Sprintf("/%d", i)))
	}
	if n := log.Clear(compilePath(t, "/[0-9]")); n != 10 || log.Len() != 90 {
		t.Errorf("cleared %d, %d left", n, log.Len())
	}
	// Numbers have gaps now; finishing finds its entry all the same.
	e := entry("/p")
	e.Outcome = expectations.Pending
	seq := log.Add(e)
	if n := log.Clear(compilePath(t, "/[1-8].")); n != 80 {
		t.Errorf("cleared %d", n)
	}
	log.Finish(seq, expectations.Entry{Outcome: expectations.NotMatched})
	all := log.All()
	if last := all[len(all)-1]; len(all) != 11 || last.Request.Path != "/p" || last.Outcome != expectations.NotMatched {
		t.Errorf("%d left, the last is %s, %s", len(all), last.Request.Path, last.Outcome)
	}
	only := expectations.NewLog(0)
	for _, e := range all {
		only.Add(e)
	}
	if sum := only.Bytes(); sum != log.Bytes() {
		t.Errorf("%d bytes counted for %d", log.Bytes(), sum)
	}
}
