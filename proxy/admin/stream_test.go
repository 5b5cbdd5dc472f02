package admin_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/proxy/admin"
)

// A tape is a recording of the expectations that All yields.
type tape struct {
	expectations.NoCaptured
	all iter.Seq2[*expectations.Expectation, error]
}

func (t tape) All(context.Context) iter.Seq2[*expectations.Expectation, error] { return t.all }

// startTape runs a rig whose spaces have the recording.
func startTape(t *testing.T, all iter.Seq2[*expectations.Expectation, error]) *rig {
	t.Helper()
	return start(t, func(o *admin.Options) {
		o.Spaces = expectations.NewSpaces(expectations.SpacesOptions{Open: func(id expectations.SessionID) (*expectations.Space, error) {
			return expectations.NewSpace(expectations.SpaceOptions{ID: id, Captured: tape{all: all}}), nil
		}})
	})
}

// recording is the n-th captured expectation, about 1 KB of JSON.
func recording(n int) *expectations.Expectation {
	return &expectations.Expectation{
		ID: fmt.Sprintf("recording-%05d", n), Origin: expectations.OriginCaptured,
		Request: &expectations.RequestMatcher{Path: expectations.Text{Value: "/x"}},
		Action: &expectations.Respond{Answers: []*expectations.Answer{{
			Body: &expectations.AnswerBody{Kind: expectations.AnswerString, Bytes: []byte(strings.Repeat("x", 1000))},
		}}},
	}
}

var errUnreadable = errors.New("disk on fire at /secret/path")

// Of ten thousand recordings the first arrive before the last are read.
func TestRetrieveStreams(t *testing.T) {
	t.Parallel()
	for _, query := range []string{
		"type=recorded_expectations", "type=active_expectations",
		"type=recorded_expectations&format=har", "type=active_expectations&format=har",
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			const n, first = 10_000, 200
			arrived := make(chan struct{})
			r := startTape(t, func(yield func(*expectations.Expectation, error) bool) {
				for i := range n {
					if i == first {
						select {
						case <-arrived:
						case <-t.Context().Done():
						}
					}
					if !yield(recording(i), nil) {
						return
					}
				}
			})
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, r.server.URL+"/mockserver/retrieve?"+query, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := r.server.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			begin := make([]byte, 20_000)
			if _, err := io.ReadFull(resp.Body, begin); err != nil {
				t.Fatal(err)
			}
			close(arrived)
			rest, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Count(string(begin)+string(rest), "recording-"); got != n {
				t.Errorf("%d recordings arrived, want %d", got, n)
			}
		})
	}
}

// A recording that cannot be read back is not left out silently: the answer is
// an error, or broken off where it has begun.
func TestUnreadableRecording(t *testing.T) {
	t.Parallel()
	const text = "a part of the recording could not be read back; the log of the server says which. " +
		"To go on without it, clear it by its id"
	broken := func(at int) iter.Seq2[*expectations.Expectation, error] {
		return func(yield func(*expectations.Expectation, error) bool) {
			for i := range at {
				if !yield(recording(i), nil) {
					return
				}
			}
			if yield(nil, errUnreadable) {
				yield(recording(at), nil)
			}
		}
	}
	calls := []string{
		"/mockserver/retrieve?type=recorded_expectations", "/mockserver/retrieve?type=active_expectations&format=har",
		"/mockserver/pact",
	}
	for _, path := range calls {
		t.Run("at once "+path, func(t *testing.T) {
			t.Parallel()
			r := startTape(t, broken(2))
			got := r.call(http.MethodPut, path, "")
			if d := cmp.Diff(answer{status: 500, body: text}, answer{status: got.status, body: got.body}, cmp.AllowUnexported(answer{})); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
			if log := r.logs.String(); !strings.Contains(log, errUnreadable.Error()) {
				t.Errorf("the log does not say why: %s", log)
			}
		})
	}
	for _, path := range calls[:2] {
		t.Run("late "+path, func(t *testing.T) {
			t.Parallel()
			r := startTape(t, broken(500))
			got, err := r.try(http.MethodPut, path, http.NoBody)
			if err == nil {
				t.Errorf("an incomplete answer looks complete: %d, %d bytes", got.status, len(got.body))
			}
			if log := r.logs.String(); !strings.Contains(log, errUnreadable.Error()) {
				t.Errorf("the log does not say why: %s", log)
			}
		})
	}
}

// Faults of ours are in the log, and their text is not for the client.
func TestFaults(t *testing.T) {
	t.Parallel()
	r := start(t, func(o *admin.Options) {
		o.Spaces = expectations.NewSpaces(expectations.SpacesOptions{Open: func(expectations.SessionID) (*expectations.Space, error) {
			return nil, errUnreadable
		}})
	})
	got := r.call(http.MethodPut, "/mockserver/reset?session=a", "")
	want := answer{status: 503, body: "session a cannot be opened; the log of the server says why"}
	if d := cmp.Diff(want, answer{status: got.status, body: got.body}, cmp.AllowUnexported(answer{})); d != "" {
		t.Errorf("session (-want +got)\n%s", d)
	}

	stuck := start(t, func(o *admin.Options) {
		o.Spaces = expectations.NewSpaces(expectations.SpacesOptions{Open: func(id expectations.SessionID) (*expectations.Space, error) {
			return expectations.NewSpace(expectations.SpaceOptions{ID: id, Captured: stuckTape{}}), nil
		}})
	})
	for _, call := range []string{"reset", "clear", "mode?mode=SPY"} {
		got := stuck.call(http.MethodPut, "/mockserver/"+call, "")
		want := answer{status: 500, body: "internal error; the log of the server says more"}
		if d := cmp.Diff(want, answer{status: got.status, body: got.body}, cmp.AllowUnexported(answer{})); d != "" {
			t.Errorf("%s (-want +got)\n%s", call, d)
		}
		if id := got.header.Get("X-Correlation-Id"); id == "" || !strings.Contains(stuck.logs.String(), "correlation_id="+id) {
			t.Errorf("%s: the log does not know correlation id %q", call, id)
		}
	}
	for _, log := range []string{r.logs.String(), stuck.logs.String()} {
		if !strings.Contains(log, errUnreadable.Error()) {
			t.Errorf("the log does not say why: %s", log)
		}
	}
}

// A stuckTape cannot be written.
type stuckTape struct{ expectations.NoCaptured }

func (stuckTape) Sync(context.Context) error      { return errUnreadable }
func (stuckTape) RemoveAll(context.Context) error { return errUnreadable }

// A client that leaves is no fault: nobody must act.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	waiting := make(chan struct{})
	r := start(t, func(o *admin.Options) {
		o.Spaces = expectations.NewSpaces(expectations.SpacesOptions{Open: func(id expectations.SessionID) (*expectations.Space, error) {
			return expectations.NewSpace(expectations.SpaceOptions{ID: id, Captured: slowTape{waiting: waiting}}), nil
		}})
	})
	ctx, leave := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, r.server.URL+"/mockserver/mode?mode=SIMULATE", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-waiting
		leave()
	}()
	if resp, err := r.server.Client().Do(req); err == nil {
		resp.Body.Close()
		t.Errorf("answered %s", resp.Status)
	}
	r.server.Close() // waits for the handler
	if log := r.logs.String(); log != "" {
		t.Errorf("the log says %s", log)
	}
}

// A slowTape says when it is waited for, and makes wait for ever.
type slowTape struct {
	expectations.NoCaptured
	waiting chan struct{}
}

func (s slowTape) Sync(ctx context.Context) error {
	close(s.waiting)
	<-ctx.Done()
	return ctx.Err()
}

// Each format of retrieve that anything can be had in is a file and rows; what
// cannot be had says so.
func TestFormatsHaveFiles(t *testing.T) {
	t.Parallel()
	r := start(t)
	listed := func(query string) []string {
		_, list, _ := strings.Cut(r.call(http.MethodPut, "/mockserver/retrieve?"+query, "").body, "supported [")
		return strings.Split(strings.TrimSuffix(list, "]"), ", ")
	}
	languages := []string{"java", "javascript", "python", "go", "csharp", "ruby", "rust", "php"}
	var formats []string
	for _, format := range listed("format=?") {
		for _, kind := range listed("type=?") {
			got := r.call(http.MethodPut, "/mockserver/retrieve?type="+kind+"&format="+format, "")
			refused := strings.HasPrefix(got.body, strings.ToUpper(format)+" not supported for "+strings.ToUpper(kind))
			switch {
			case refused && (got.status == http.StatusOK || got.status == http.StatusNotImplemented):
			case refused || got.status != http.StatusOK:
				t.Errorf("%s as %s: %d %s", kind, format, got.status, got.body)
			case kind == "metrics" || kind == "logs" && format != "log_entries": // they come in one form, whatever is asked for
			case slices.Contains(languages, format):
				formats = append(formats, "code")
			default:
				formats = append(formats, format)
			}
		}
	}
	files, err := filepath.Glob("retrieve_*.go")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") {
			named = append(named, strings.TrimSuffix(strings.TrimPrefix(file, "retrieve_"), ".go"))
		}
	}
	slices.Sort(formats)
	formats = slices.Compact(formats)
	if d := cmp.Diff(named, formats); d != "" {
		t.Errorf("files and rows (-files +rows)\n%s", d)
	}
}
