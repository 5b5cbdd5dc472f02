package har

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// An Import is what [Read] makes of an archive.
type Import struct {
	// Expectations are in the order in which they are to be put: those that
	// ask for more come first, so that none hides behind one that asks for
	// less of the same request.
	Expectations []*expectations.Expectation
	// Skipped are the entries that are no expectation.
	Skipped []Skipped
}

// A Skipped is an entry of an archive that is left out, and why.
type Skipped struct {
	// Index is its place in log.entries, from 0.
	Index int
	// Request is its method and URL.
	Request string
	// Reason is for people.
	Reason string
}

// String is the entry and the reason in one line.
func (s Skipped) String() string {
	return fmt.Sprintf("log.entries[%d] %s: %s", s.Index, s.Request, s.Reason)
}

// Read reads a HAR 1.2 archive into expectations that answer as the archive
// says. All of it is read or nothing: the error, which is about the archive
// alone, names the place in it by a JSON path.
//
// Requests are matched by method, path, query, headers that are not the
// client's own, and body; by their host only where the same request went to
// several. Responses lose what belongs to their transfer, their content coding
// among it, since archives hold content decoded. A request that was answered
// several times becomes one expectation for each answer in turn, of which the
// last stays. Ids are UUIDs made of what is matched: reading an archive again
// gives the same ones.
//
// What carries no answer to give again is skipped: status 0 (blocked, or
// broken off), 1xx, 206, 304, 416, and preflights of CORS.
func Read(data []byte) (*Import, error) {
	doc, err := jsondoc.Parse(bytes.TrimPrefix(data, []byte("\ufeff")))
	if err != nil {
		return nil, fmt.Errorf("failed to parse HAR JSON: %w", err)
	}
	log, ok := doc.Get("log")
	if !ok || log.Kind != jsondoc.KindObject {
		return nil, errors.New("not a valid HAR document — missing top-level 'log' object")
	}
	entries, ok := log.Get("entries")
	if !ok || entries.Kind != jsondoc.KindArray {
		return nil, errors.New("not a valid HAR document — missing 'log.entries' array")
	}
	result := &Import{}
	pairs := make([]*pair, 0, len(entries.Items))
	for i := range entries.Items {
		p, err := readEntry(entries.Items[i])
		if err != nil {
			return nil, fmt.Errorf("not a valid HAR document — $.log.entries[%d]%w", i, err)
		}
		if p.reason != "" {
			result.Skipped = append(result.Skipped, Skipped{Index: i, Request: p.name, Reason: p.reason})
			continue
		}
		pairs = append(pairs, p)
	}
	inTime(pairs)
	result.Expectations = sequences(pairs)
	return result, nil
}

// inTime sorts entries by their start, which HAR 1.2 §entries leaves to the
// reader; where a time cannot be read, they stay as they are.
func inTime(pairs []*pair) {
	if slices.ContainsFunc(pairs, func(p *pair) bool { return p.started.IsZero() }) {
		return
	}
	slices.SortStableFunc(pairs, func(a, b *pair) int { return a.started.Compare(b.started) })
}

// A sequence is one request and its answers in turn.
type sequence struct {
	first   *pair
	key     string
	answers []turn
}

// A turn is an answer and how often it was given in a row.
type turn struct {
	answer *expectations.Answer
	digest string
	times  int
}

// sequences joins the pairs of equal requests.
func sequences(pairs []*pair) []*expectations.Expectation {
	nameHosts(pairs)
	var all []*sequence
	byKey := map[string]*sequence{}
	for _, p := range pairs {
		s := byKey[p.key]
		if s == nil {
			s = &sequence{first: p, key: p.key}
			byKey[p.key] = s
			all = append(all, s)
		}
		s.add(p)
	}
	slices.SortStableFunc(all, func(a, b *sequence) int { return cmp.Compare(b.first.conditions, a.first.conditions) })
	var es []*expectations.Expectation
	for _, s := range all {
		es = s.appendTo(es)
	}
	return es
}

// nameHosts adds the host to the condition of requests that went to several
// hosts and differ in nothing else.
func nameHosts(pairs []*pair) {
	host, several := map[string]string{}, map[string]bool{}
	for _, p := range pairs {
		if known, ok := host[p.key]; !ok {
			host[p.key] = p.authority
		} else if known != p.authority {
			several[p.key] = true
		}
	}
	for _, p := range pairs {
		if several[p.key] && p.authority != "" {
			p.matcher.Headers.Entries = append(p.matcher.Headers.Entries, named("Host", p.authority))
			p.conditions++
			p.key += p.authority
		}
	}
}

func (s *sequence) add(p *pair) {
	if n := len(s.answers); n > 0 && s.answers[n-1].digest == p.digest {
		s.answers[n-1].times++
		return
	}
	s.answers = append(s.answers, turn{p.answer, p.digest, 1})
}

// appendTo appends an expectation for each turn; the last answers for ever.
func (s *sequence) appendTo(es []*expectations.Expectation) []*expectations.Expectation {
	for i, t := range s.answers {
		e := &expectations.Expectation{
			ID:      turnID(s.key, i),
			Origin:  expectations.OriginImported,
			Request: s.first.matcher,
			Action:  &expectations.Respond{Answers: []*expectations.Answer{t.answer}},
		}
		if i < len(s.answers)-1 {
			e.Times = expectations.Times{Limited: true, Remaining: t.times}
		}
		es = append(es, e)
	}
	return es
}

// turnID is the id of the n-th answer to a request: always the same for the
// same two.
func turnID(key string, n int) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, fmt.Appendf(nil, "har:%d:%x", n, key)).String()
}
