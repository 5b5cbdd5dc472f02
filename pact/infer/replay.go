package infer

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/pactape/pactape/expectations"
)

// HeaderReplayed names, in an answer that [Replay] gives, the recorded request
// that it was made of.
const HeaderReplayed = "X-Pactape-Replayed"

const (
	// maxSiblings bounds the recorded paths of one template that are kept, of
	// those that were answered well and of those that were not.
	maxSiblings = 64
	// maxTries bounds the recordings that are tried for one request.
	maxTries = 16
)

// Replay is captured expectations that also answer requests that differ from
// a recorded one in the ids of their path alone: /users/7 from the recording
// of /users/1, if nothing was recorded for /users/7 itself. Everything else of
// the request must be as recorded, but for the ids in its body and query. In
// the answer the ids are those of the request where the recorded ones
// appeared: see swap. Of several recordings the first that was answered
// without an error is taken.
//
// The paths are made templates of as in contracts, when the first such request
// comes and again when the recording has changed. It is safe for concurrent
// use.
type Replay struct {
	expectations.Captured
	templates []string

	mu    sync.Mutex // guards what follows; never held during I/O
	built *siblings
}

var _ expectations.Captured = (*Replay)(nil)

// NewReplay makes captured answer by templates too; known are paths whose
// parameters are known, as in [Options.Templates].
func NewReplay(captured expectations.Captured, known []string) (*Replay, error) {
	if _, err := newRouter(Options{Templates: known}); err != nil {
		return nil, err
	}
	return &Replay{Captured: captured, templates: known}, nil
}

// siblings are the recorded paths by their templates.
type siblings struct {
	done   chan struct{} // closed when the rest is there
	active int           // expectations when it was built
	router *router
	// good were answered without an error, bad with one.
	good, bad map[string][]sibling
	err       error
}

type sibling struct {
	authority, path string
	template        template
}

// Find implements [expectations.Captured].
func (r *Replay) Find(ctx context.Context, req *expectations.Request, peek bool) (expectations.Hit, bool, error) {
	hit, ok, err := r.Captured.Find(ctx, req, peek)
	if ok || err != nil || r.Len() == 0 || !strings.HasPrefix(req.Path, "/") {
		return hit, ok, err
	}
	s, err := r.siblings(ctx)
	if err != nil {
		return expectations.Hit{}, false, err
	}
	t := s.router.template(pathMessage(req.Method, req.Authority, req.Path, 0))
	if len(t.params()) == 0 {
		return expectations.Hit{}, false, nil
	}
	key := siblingKey(req.Method, t)
	tries := 0
	for _, one := range slices.Concat(s.good[key], s.bad[key]) {
		if req.Authority != "" && !strings.EqualFold(one.authority, req.Authority) {
			continue
		}
		if tries++; tries > maxTries {
			break
		}
		for _, asked := range (swap{from: t, to: one.template}).requests(req, one.path) {
			hit, ok, err := r.Captured.Find(ctx, asked, peek)
			if err != nil {
				return expectations.Hit{}, false, err
			}
			if ok {
				return (swap{from: one.template, to: t}).hit(hit, one.path), true, nil
			}
		}
	}
	return expectations.Hit{}, false, nil
}

func siblingKey(method string, t template) string { return method + " " + t.key() }

// pathMessage is as much of a sample as a router looks at for a path.
func pathMessage(method, authority, path string, status int) *message {
	return newMessage(Sample{
		Request:  &expectations.Request{Method: method, Authority: authority, Path: path},
		Response: &expectations.Response{Status: status, Header: make(http.Header)},
	}, Options{MaxBody: DefaultMaxBody})
}

// siblings are those of the recording as it is. Whoever comes first builds
// them, the others wait; if its client goes meanwhile, the next one does.
func (r *Replay) siblings(ctx context.Context) (*siblings, error) {
	for {
		s, mine := r.current()
		if mine {
			s.build(ctx, r.All(ctx), r.templates)
			if s.err != nil {
				r.forget(s)
			}
			close(s.done)
		}
		select {
		case <-s.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if s.err == nil || ctx.Err() != nil || !errors.Is(s.err, context.Canceled) && !errors.Is(s.err, context.DeadlineExceeded) {
			return s, s.err
		}
	}
}

// current are the siblings that are there or being built; mine says that the
// caller is to build them.
func (r *Replay) current() (s *siblings, mine bool) {
	active := r.Len()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.built == nil || r.built.active != active {
		r.built, mine = &siblings{done: make(chan struct{}), active: active}, true
	}
	return r.built, mine
}

// forget drops what was built, if it is still that; nil drops any.
func (r *Replay) forget(s *siblings) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s == nil || r.built == s {
		r.built = nil
	}
}

// build reads the recording twice: paths are templates only when all have
// been seen. What cannot be read has no siblings.
func (s *siblings) build(ctx context.Context, all iter.Seq2[*expectations.Expectation, error], templates []string) {
	if s.router, s.err = newRouter(Options{Templates: templates}); s.err != nil {
		return
	}
	s.good, s.bad = make(map[string][]sibling), make(map[string][]sibling)
	type seen struct {
		method, authority, path string
		status                  int
	}
	var recorded []seen
	for e, err := range all {
		if err != nil || e.Request == nil {
			continue
		}
		respond, ok := e.Action.(*expectations.Respond)
		if !ok || len(respond.Answers) == 0 {
			continue
		}
		recorded = append(recorded, seen{e.Request.Method.Value, e.Authority, e.Request.Path.Value, respond.Answers[0].Status})
	}
	if s.err = ctx.Err(); s.err != nil {
		return
	}
	for _, one := range recorded {
		s.router.observe(pathMessage(one.method, one.authority, one.path, one.status))
	}
	s.router.settle()
	for _, one := range recorded {
		t := s.router.template(pathMessage(one.method, one.authority, one.path, one.status))
		if len(t.params()) == 0 {
			continue
		}
		list := s.good
		if one.status >= http.StatusBadRequest {
			list = s.bad
		}
		key := siblingKey(one.method, t)
		fresh := sibling{one.authority, one.path, t}
		known := slices.ContainsFunc(list[key], func(o sibling) bool { return o.authority == one.authority && o.path == one.path })
		if !known && len(list[key]) < maxSiblings {
			list[key] = append(list[key], fresh)
		}
	}
}

// Remove implements [expectations.Captured].
func (r *Replay) Remove(ctx context.Context, ids []string) error {
	defer r.forget(nil)
	return r.Captured.Remove(ctx, ids)
}

// RemoveAll implements [expectations.Captured].
func (r *Replay) RemoveAll(ctx context.Context) error {
	defer r.forget(nil)
	return r.Captured.RemoveAll(ctx)
}

// Rewind implements [expectations.Captured].
func (r *Replay) Rewind() {
	r.forget(nil)
	r.Captured.Rewind()
}
