package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
)

// A tally counts exchanges by host as they end.
type tally struct {
	mu    sync.Mutex
	hosts map[string]*hostTally
}

// A hostTally is what was seen of one host.
type hostTally struct {
	Exchanges int `json:"exchanges"`
	Failed    int `json:"failed"`
	// Failure is the first failure's reason.
	Failure string `json:"failure,omitempty"`
}

func newTally() *tally { return &tally{hosts: make(map[string]*hostTally)} }

// add counts an exchange. Safe for concurrent use.
func (t *tally) add(ex *capture.Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	host := t.hosts[ex.Request.Authority]
	if host == nil {
		host = new(hostTally)
		t.hosts[ex.Request.Authority] = host
	}
	host.Exchanges++
	if ex.Failure != nil {
		if host.Failed++; host.Failed == 1 {
			host.Failure = ex.Failure.Message
		}
	}
}

// A summary is what run has to say at the end.
type summary struct {
	Session    string                `json:"session"`
	ExitCode   int                   `json:"exitCode"`
	Exchanges  int                   `json:"exchanges"`
	Failed     int                   `json:"failed"`
	Dropped    int64                 `json:"dropped"`
	Truncated  int64                 `json:"truncated"`
	Hosts      map[string]*hostTally `json:"hosts"`
	NotLearned map[string]uint64     `json:"notLearned,omitempty"`
	Redactions map[string]int64      `json:"redactions,omitempty"`
	Files      []contractFile        `json:"contracts,omitempty"`
	// Unseen are hosts that a provider was named for, and nothing was sent to.
	Unseen []string `json:"unseenProviderHosts,omitempty"`
	// Answered and Missed count what a run in SIMULATE asked for; Misses are
	// the first of those that nothing answered.
	Answered int      `json:"answered,omitempty"`
	Missed   int      `json:"missed,omitempty"`
	Misses   []string `json:"misses,omitempty"`
}

// maxMisses bounds the misses that a summary lists.
const maxMisses = 20

func newSummary(r *runResult) *summary {
	stats := r.session.Stats()
	s := &summary{
		Session: r.id.String(), ExitCode: r.code, Hosts: r.tally.hosts,
		Dropped: stats.DroppedTotal(), Truncated: stats.Truncated,
		NotLearned: stats.Learned.Skipped, Redactions: stats.Redactions,
	}
	for _, host := range r.tally.hosts {
		s.Exchanges += host.Exchanges
		s.Failed += host.Failed
	}
	return s
}

// miss takes down the hosts of providers that were named in vain.
func (s *summary) miss(providers map[string]string) {
	seen := make(map[string]bool)
	for authority := range s.Hosts {
		seen[authority], seen[withoutPort(authority)] = true, true
	}
	for _, host := range slices.Sorted(maps.Keys(providers)) {
		if !seen[host] {
			s.Unseen = append(s.Unseen, host)
		}
	}
}

// replayed counts what the log of a run in SIMULATE holds.
func (s *summary) replayed(log *expectations.Log) {
	for _, entry := range log.All() {
		if entry.Outcome == expectations.Matched {
			s.Answered++
			continue
		}
		if s.Missed++; s.Missed <= maxMisses {
			target := entry.Request.Path
			if entry.Request.RawQuery != "" {
				target += "?…" // its values may be secret
			}
			s.Misses = append(s.Misses, entry.Request.Method+" "+entry.Request.Authority+target)
		}
	}
}

// printReplay writes the summary of a run in SIMULATE for a person.
func (s *summary) printReplay(w io.Writer) {
	var b strings.Builder
	fmt.Fprintf(&b, "pactape: answered %s from session %s, %d missed\n", plural(s.Answered, "request"), s.Session, s.Missed)
	for _, miss := range s.Misses {
		fmt.Fprintf(&b, "  nothing recorded for %s\n", miss)
	}
	if more := s.Missed - len(s.Misses); more > 0 {
		fmt.Fprintf(&b, "  and %d more\n", more)
	}
	_, _ = io.WriteString(w, b.String())
}

// write writes the summary as JSON.
func (s *summary) write(path string) error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("write the summary: %w", err)
	}
	return replaceFile(path, append(data, '\n'))
}

// print writes the summary for a person.
func (s *summary) print(w io.Writer) {
	var b strings.Builder
	fmt.Fprintf(&b, "pactape: %s with %s", plural(s.Exchanges, "exchange"), plural(len(s.Hosts), "host"))
	if s.Failed > 0 {
		fmt.Fprintf(&b, ", %d failed", s.Failed)
	}
	b.WriteByte('\n')
	for _, name := range slices.Sorted(maps.Keys(s.Hosts)) {
		host := s.Hosts[name]
		fmt.Fprintf(&b, "  %s: %s", hostLabel(name), plural(host.Exchanges, "exchange"))
		if host.Failed > 0 {
			fmt.Fprintf(&b, ", %d failed (%s)", host.Failed, host.Failure)
		}
		b.WriteByte('\n')
	}
	if s.Exchanges == 0 {
		b.WriteString("  nothing came through the proxy: does the command make HTTP calls, and does its client take a proxy from the environment?\n")
	}
	for _, host := range s.Unseen {
		fmt.Fprintf(&b, "  --provider %s: nothing was sent to that host\n", host)
	}
	printCounts(&b, "not in a contract", s.NotLearned)
	printCounts(&b, "redacted", s.Redactions)
	if s.Dropped > 0 || s.Truncated > 0 {
		fmt.Fprintf(&b, "  incomplete: %d dropped, %d truncated\n", s.Dropped, s.Truncated)
	}
	for _, f := range s.Files {
		f.print(&b)
	}
	fmt.Fprintf(&b, "  recording: session %s\n", s.Session)
	_, _ = io.WriteString(w, b.String())
}

func (f *contractFile) print(b *strings.Builder) {
	switch {
	case f.Path == "":
		fmt.Fprintf(b, "  no contract with %s: nothing that can be exported\n", f.Provider)
	case f.Kept != "":
		fmt.Fprintf(b, "  kept %s as it was: %s\n", f.Path, f.Kept)
	case f.Unchanged:
		fmt.Fprintf(b, "  %s: unchanged, %s\n", f.Path, plural(f.Interactions, "interaction"))
	default:
		fmt.Fprintf(b, "  wrote %s: %s\n", f.Path, plural(f.Interactions, "interaction"))
	}
	if f.Leaves > 0 {
		fmt.Fprintf(b, "    asserts %d of %s of its bodies\n", f.Asserted, pluralOf(f.Leaves, "leaf", "leaves"))
	}
	for _, o := range f.Overrides {
		fmt.Fprintf(b, "    override of %s: %s\n", o.Place, o.Reason)
	}
	for _, skipped := range f.Skipped {
		fmt.Fprintf(b, "    left out %s: %s\n", skipped.Description, skipped.Reason)
	}
}

// printCounts prints names and counts on one line, most first.
func printCounts[N int64 | uint64](b *strings.Builder, title string, counts map[string]N) {
	names := slices.SortedFunc(maps.Keys(counts), func(x, y string) int {
		if counts[x] != counts[y] {
			return int(counts[y]) - int(counts[x])
		}
		return strings.Compare(x, y)
	})
	for i, name := range names {
		if i == 0 {
			fmt.Fprintf(b, "  %s: ", title)
		} else {
			b.WriteString(", ")
		}
		fmt.Fprintf(b, "%s (%d)", name, counts[name])
	}
	if len(names) > 0 {
		b.WriteByte('\n')
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func pluralOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func hostLabel(name string) string {
	if name == "" {
		return "(direct)"
	}
	return name
}
