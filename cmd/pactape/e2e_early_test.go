package main_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestE2EEarlyAnswers records a server that answers without having read what
// it was sent, as one that refuses does. Short requests are whole in the
// recording all the same, whichever came first: else it would be chance which
// of them replay.
func TestE2EEarlyAnswers(t *testing.T) {
	t.Parallel()
	u := startUpstream(t, "api", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "no matter what")
	}))
	s := newHome(t).serve(t, "--mode", "CAPTURE", "--upstream-ca", u.ca)
	client := s.through(t, "")
	const workers, calls = 8, 100
	body := `{"a":"` + strings.Repeat("x", 2000) + `"}`
	var running sync.WaitGroup
	for worker := range workers {
		running.Go(func() {
			for i := range calls {
				target := fmt.Sprintf("%s/%d/%d", u.url, worker, i)
				if _, err := send(t.Context(), client, http.MethodPost, target, body, "Content-Type", "application/json"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	if n := len(s.recordedPaths(t, "")); n != workers*calls {
		t.Errorf("%d of %d exchanges were learned; truncated: %v", n, workers*calls, s.metric(t, "pactape_exchanges_truncated_total"))
	}
}
