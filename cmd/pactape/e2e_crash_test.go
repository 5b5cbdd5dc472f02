package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// recordedPaths are the paths of the recorded expectations; what was recorded
// before the call is acknowledged when it returns.
func (s *server) recordedPaths(t *testing.T, session string) []string {
	t.Helper()
	return paths(t, s.put(t, http.StatusOK, "retrieve?type=recorded_expectations&session="+session, "").body)
}

// paths are the paths of a list of expectations or requests, sorted, each
// once.
func paths(t *testing.T, list string) []string {
	t.Helper()
	var items []struct {
		Path        string
		HTTPRequest struct{ Path string } `json:"httpRequest"`
	}
	if err := json.Unmarshal([]byte(list), &items); err != nil {
		t.Fatalf("%v in:\n%s", err, list)
	}
	set := make(map[string]bool)
	for _, item := range items {
		set[item.Path+item.HTTPRequest.Path] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// A load sends requests for ever other paths until it is told to stop.
type load struct {
	stop func()
	sent atomic.Int64 // answers that came
}

func startLoad(t *testing.T, client *http.Client, base string, workers int) *load {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := new(load)
	var next atomic.Int64
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			pace := time.NewTicker(4 * time.Millisecond) // or it would be a benchmark of this machine
			defer pace.Stop()
			for ctx.Err() == nil {
				<-pace.C
				target := fmt.Sprintf("%s/%d", base, next.Add(1))
				if _, err := send(ctx, client, http.MethodPost, target, `{"a":1}`, "Content-Type", "application/json"); err != nil {
					return // the proxy is gone, or the test over
				}
				l.sent.Add(1)
			}
		})
	}
	l.stop = func() { cancel(); running.Wait() }
	t.Cleanup(l.stop)
	return l
}

// TestE2ECrash kills pactape serve while it records under load: what had been
// acknowledged is there after a restart, which says how much that is.
func TestE2ECrash(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("large ", 4_000) // bodies in the file beside the journal
	u := startUpstream(t, "api", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/plain")
		_, _ = fmt.Fprintf(w, "this is %s", r.URL.Path)
		if strings.HasSuffix(r.URL.Path, "7") {
			_, _ = w.Write([]byte(big))
		}
	}))
	h := newHome(t)
	var acknowledged []string
	for round := range 3 {
		s := h.serve(t, "--mode", "CAPTURE", "--upstream-ca", u.ca)
		if round > 0 {
			loaded := s.stderr.wait(t, regexp.MustCompile(`pactape: loaded (\d+) captured expectations`), s.ended)
			there := s.recordedPaths(t, "")
			if fmt.Sprint(len(there)) != loaded {
				t.Errorf("round %d: said that %s were loaded, %d are there", round, loaded, len(there))
			}
			for _, path := range acknowledged {
				if _, ok := slices.BinarySearch(there, path); !ok {
					t.Errorf("round %d: %s was acknowledged and is lost", round, path)
				}
			}
		}
		l := startLoad(t, s.through(t, ""), fmt.Sprintf("%s/round/%d", u.url, round), 4)
		enough := float64(200)
		until(t, "enough is recorded", func() bool { return s.metric(t, "pactape_exchanges_recorded_total") > enough })
		acknowledged = s.recordedPaths(t, "")
		s.kill() // SIGKILL, under load
		l.stop()
		if n := len(acknowledged); n < int(enough)*(round+1) {
			t.Errorf("round %d: %d recorded, and each round recorded more than %v", round, n, enough)
		}
	}
	var some []string
	for i := 0; i < len(acknowledged); i += max(1, len(acknowledged)/100) {
		some = append(some, acknowledged[i])
	}
	replay(t, h, u, some)
}

// replay has the paths answered with the upstream stopped.
func replay(t *testing.T, h home, u *upstream, paths []string) {
	t.Helper()
	u.stop()
	s := h.serve(t, "--mode", "SIMULATE", "--upstream-ca", u.ca)
	client := s.through(t, "")
	for _, path := range paths {
		a, err := send(t.Context(), client, http.MethodPost, u.url+path, `{"a":1}`, "Content-Type", "application/json")
		if err != nil {
			t.Fatal(err)
		}
		wantSize := len("this is " + path)
		if strings.HasSuffix(path, "7") {
			wantSize += 24_000
		}
		if a.status != http.StatusOK || !strings.HasPrefix(a.body, "this is "+path) || len(a.body) != wantSize {
			t.Errorf("%s replays %d with %d bytes: %.40q", path, a.status, len(a.body), a.body)
		}
	}
}
