package journal_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture/journal"
)

// FuzzOpen: whatever two segments hold, the journal opens, opening it again
// finds nothing more to cut, and what is appended is there afterwards.
func FuzzOpen(f *testing.F) {
	f.Add([]byte("{}\n{}\n"), []byte("{}\n{"))
	f.Add([]byte("{}\nx\n{}"), []byte("{\x00}\n{}\n"))
	f.Add([]byte{}, []byte("\n\n"))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		dir := t.TempDir()
		for name, content := range map[string][]byte{"0001.jsonl": first, "0002.jsonl": second} {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		j := open(t, dir, journal.Options{})
		good := records(j)
		p := commit(t, j, line(1))[0]
		if got, err := j.Read(p); err != nil || string(got) != line(1) {
			t.Fatalf("read %v: %q, %v", p, got, err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		var loaded []string
		j = open(t, dir, journal.Options{Load: func(_ journal.Position, l []byte) error {
			loaded = append(loaded, string(l))
			return nil
		}})
		if cut := j.Stats().Cut; cut != 0 {
			t.Errorf("opening again cut %d bytes", cut)
		}
		if diff := cmp.Diff(append(good, line(1)), loaded); diff != "" {
			t.Error(diff)
		}
	})
}

// records are the good lines of a journal.
func records(j *journal.Journal) []string {
	var good []string
	for r, err := range j.Scan(journal.Position{}) {
		if err == nil {
			good = append(good, string(r.Line))
		}
	}
	return good
}
