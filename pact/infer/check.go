package infer

import (
	"context"
	"net/http"
	"runtime"
	"strings"
	"sync"

	"github.com/pactape/pactape/pact"
)

// maxChecks bounds how often the samples are held against what was widened
// for them.
const maxChecks = 6

// check holds every sample against its interaction, and widens interactions
// until all hold. One for which that cannot be done is marked.
func (p *pipeline) check(ctx context.Context) error {
	byNumber := make([]*draft, len(p.groups.list)+1)
	for _, d := range p.drafts {
		if !d.exact {
			byNumber[d.group.number] = d
		}
	}
	for range maxChecks {
		c := &checker{drafts: byNumber, found: make(map[*draft]map[string]pact.Mismatch), overruled: make(map[*draft]map[string]int)}
		if err := p.judge(ctx, c); err != nil {
			return err
		}
		for _, d := range byNumber {
			if d != nil {
				d.overruled = c.overruled[d]
			}
		}
		if len(c.found) == 0 {
			return nil
		}
		clear(byNumber)
		for d, places := range c.found {
			if d.widen(places) {
				d.write()
				byNumber[d.group.number] = d
			}
		}
	}
	for _, d := range byNumber {
		if d != nil {
			d.broken = true
		}
	}
	return nil
}

// A checker collects what samples differ in. Its workers share it.
type checker struct {
	drafts []*draft
	// mu guards what follows.
	mu    sync.Mutex
	found map[*draft]map[string]pact.Mismatch
	// overruled counts the samples that differ from what overrides force.
	overruled map[*draft]map[string]int
}

// A checkJob is some samples, each with its draft.
type checkJob struct {
	samples []Sample
	drafts  []*draft
}

const jobSize = 64

// judge holds the samples of the checker's drafts against them, with all
// processors.
func (p *pipeline) judge(ctx context.Context, c *checker) error {
	jobs := make(chan checkJob, 2*runtime.GOMAXPROCS(0))
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for job := range jobs {
				for i, s := range job.samples {
					c.judge(job.drafts[i], newMessage(s, p.options))
				}
			}
		})
	}
	var job checkJob
	err := p.each(ctx, func(i int, s Sample, err error) bool {
		if err != nil || p.placed[i] == 0 || c.drafts[p.placed[i]] == nil {
			return true
		}
		job.samples = append(job.samples, s)
		job.drafts = append(job.drafts, c.drafts[p.placed[i]])
		if len(job.samples) == jobSize {
			jobs <- job
			job = checkJob{}
		}
		return true
	})
	jobs <- job
	close(jobs)
	workers.Wait()
	return err
}

// judge holds one sample against its draft.
func (c *checker) judge(d *draft, m *message) {
	if d.group.literal {
		return // it is its own example
	}
	request := d.wants.Match(m.request)
	response := d.offers.Match(m.response)
	if len(request)+len(response) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, found := range request {
		c.note(d, d.placeOf(found, "request"), found)
	}
	for _, found := range response {
		c.note(d, d.placeOf(found, "response"), found)
	}
}

// note keeps what a sample differs in. The caller holds mu.
func (c *checker) note(d *draft, place string, found pact.Mismatch) {
	if d.overrides.overrules(d.group, place) {
		if c.overruled[d] == nil {
			c.overruled[d] = make(map[string]int)
		}
		c.overruled[d][place]++
		return
	}
	if c.found[d] == nil {
		c.found[d] = make(map[string]pact.Mismatch)
	}
	c.found[d][place] = found
}

// placeOf is the place of the rule that a mismatch is about.
func (d *draft) placeOf(m pact.Mismatch, side string) string {
	switch m.In {
	case pact.CategoryQuery:
		return "request query " + m.Path
	case pact.CategoryHeader:
		return side + " header " + http.CanonicalHeaderKey(m.Path)
	case pact.CategoryBody:
	default:
		return side + " " + string(m.In)
	}
	s := &d.group.out
	if side == "request" {
		s = &d.group.in
	}
	body := side + " body"
	switch {
	case m.Kind != pact.BodyMismatch:
		return body
	case s.kind == bodyForm:
		return body + " " + strings.TrimPrefix(m.Path, "$")
	case s.kind != bodyJSON:
		return body
	}
	path := s.tree.generalise(splitPlace(m.Path))
	return body + " " + path
}

// widen gives up what samples differ in, one step; false says that there is
// nothing left to give up.
func (d *draft) widen(places map[string]pact.Mismatch) bool {
	any := false
	for place := range places {
		switch {
		case place == "request path", place == "request method", place == "response status",
			d.widened[place] >= widenDrop && !strings.HasPrefix(place, requestBody):
			d.broken = true
		case strings.HasPrefix(place, requestBody) && (d.widened[place] >= widenType || place == requestBody):
			// The last resort: an interaction for each body.
			if d.group.exact {
				d.broken = true
			}
			d.exact = !d.group.exact
		case place == responseBody:
			d.widened[place], any = widenDrop, true
		default:
			d.widened[place]++
			any = true
		}
	}
	return any && !d.broken && !d.exact
}

// splitPlace reads the path of a mismatch: the names of members, and "" for
// each item.
func splitPlace(path string) []string {
	var steps []string
	for rest := strings.TrimPrefix(path, "$"); rest != ""; {
		switch {
		case strings.HasPrefix(rest, "['"):
			end := strings.Index(rest, "']")
			if end < 0 {
				return steps
			}
			steps = append(steps, strings.ReplaceAll(rest[2:end], `\'`, "'"))
			rest = rest[end+2:]
		case rest[0] == '[':
			end := strings.IndexByte(rest, ']')
			if end < 0 {
				return steps
			}
			steps = append(steps, "")
			rest = rest[end+1:]
		default:
			rest = strings.TrimPrefix(rest, ".")
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			steps = append(steps, rest[:end])
			rest = rest[end:]
		}
	}
	return steps
}

// generalise is the rule's path of a value: items and entries of maps are any.
func (n *node) generalise(steps []string) string {
	path := "$"
	for _, name := range steps {
		switch {
		case name == "" && n != nil && n.list != nil:
			path, n = path+"[*]", &n.list.item
		case n != nil && n.object != nil:
			if values, _, ok := n.object.dynamic(); ok {
				path, n = path+".*", values
				continue
			}
			m := n.object.find(0, name)
			if m == nil {
				return path
			}
			path, n = path+step(name), &m.value
		default:
			return path
		}
	}
	return path
}
