package journal_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture/journal"
)

// open opens a journal and closes it with the test.
func open(t testing.TB, dir string, o journal.Options) *journal.Journal {
	t.Helper()
	j, err := journal.Open(dir, o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return j
}

// commit appends lines as one batch.
func commit(t testing.TB, j *journal.Journal, lines ...string) []journal.Position {
	t.Helper()
	b, err := j.Begin()
	if err != nil {
		t.Fatalf("begin: %v", err)
	}
	var ps []journal.Position
	for _, line := range lines {
		p, err := b.Append(func(dst []byte) []byte { return append(dst, line...) })
		if err != nil {
			t.Fatalf("append %q: %v", line, err)
		}
		ps = append(ps, p)
	}
	if err := b.Commit(); err != nil {
		t.Fatalf("commit: %v", err)
	}
	return ps
}

// lines scans a journal; a bad record becomes its error text.
func lines(j *journal.Journal, from journal.Position) []string {
	var got []string
	for r, err := range j.Scan(from) {
		if err != nil {
			got = append(got, "error: "+err.Error())
			continue
		}
		got = append(got, string(r.Line))
	}
	return got
}

func line(n int) string { return fmt.Sprintf(`{"n":%d}`, n) }

func numbered(from, to int) []string {
	var ls []string
	for n := from; n <= to; n++ {
		ls = append(ls, line(n))
	}
	return ls
}

func TestAppendReadScan(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	j := open(t, dir, journal.Options{})
	if end := j.End(); end != (journal.Position{}) {
		t.Errorf("end of an empty journal: %v", end)
	}
	first := commit(t, j, numbered(1, 3)...)
	commit(t, j)
	second := commit(t, j, numbered(4, 5)...)
	for i, p := range append(first, second...) {
		got, err := j.Read(p)
		if err != nil || string(got) != line(i+1) {
			t.Errorf("read %v: %q, %v", p, got, err)
		}
		p.Length = 0 // as somebody may have written it down
		if got, err := j.Read(p); err != nil || string(got) != line(i+1) {
			t.Errorf("read %v without a length: %q, %v", p, got, err)
		}
	}
	if diff := cmp.Diff(numbered(1, 5), lines(j, journal.Position{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(numbered(3, 5), lines(j, first[2])); diff != "" {
		t.Error(diff)
	}
	if got := lines(j, j.End()); got != nil {
		t.Errorf("scan from the end: %q", got)
	}
	if !first[1].Before(second[0]) || second[0].Before(first[1]) || first[0].Before(first[0]) {
		t.Error("Before does not order positions")
	}
	want := journal.Stats{Segments: 1, Bytes: int64(5 * (len(line(1)) + 1))}
	if diff := cmp.Diff(want, j.Stats()); diff != "" {
		t.Error(diff)
	}
}

func TestReadOutside(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir(), journal.Options{})
	commit(t, j, line(1))
	for _, p := range []journal.Position{
		{Segment: 1, Offset: 0, Length: 100},
		{Segment: 1, Offset: 100, Length: 1},
		{Segment: 1, Offset: -1, Length: 1},
		{Segment: 1, Offset: 1, Length: 3},
		{Segment: 1, Offset: 100},
	} {
		if got, err := j.Read(p); err == nil {
			t.Errorf("read %+v: %q", p, got)
		}
	}
	if _, err := j.Read(journal.Position{Segment: 9, Length: 3}); !errors.Is(err, journal.ErrGone) {
		t.Errorf("read of an unknown segment: %v", err)
	}
}

func TestAppendRefuses(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir(), journal.Options{})
	b, err := j.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "{", "x", "[]", "{}\n{}", "{\x00}", "{\n}"} {
		if _, err := b.Append(func(dst []byte) []byte { return append(dst, bad...) }); !errors.Is(err, journal.ErrLine) {
			t.Errorf("append %q: %v", bad, err)
		}
	}
	if _, err := b.Append(func(dst []byte) []byte { return append(dst, line(1)...) }); err != nil {
		t.Fatal(err)
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(numbered(1, 1), lines(j, journal.Position{})); diff != "" {
		t.Error(diff)
	}
}

func TestReopen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir, journal.Options{SegmentBytes: 20})
	var want []journal.Position
	for n := range 10 {
		want = append(want, commit(t, j, line(n))...)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Begin(); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("begin after close: %v", err)
	}
	if _, err := j.Read(want[0]); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("read after close: %v", err)
	}
	var got []journal.Position
	var text []string
	j = open(t, dir, journal.Options{Load: func(p journal.Position, l []byte) error {
		got, text = append(got, p), append(text, string(l))
		return nil
	}})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(numbered(0, 9), text); diff != "" {
		t.Error(diff)
	}
	commit(t, j, line(10))
	if diff := cmp.Diff(numbered(0, 10), lines(j, journal.Position{})); diff != "" {
		t.Error(diff)
	}
}

func TestBlobs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir, journal.Options{})
	contents := []string{"one", strings.Repeat("two", 1000), "", "four"}
	var blobs []journal.Blob
	for i := 0; i < len(contents); i += 2 {
		b, err := j.Begin()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range contents[i : i+2] {
			blobs = append(blobs, b.Blob([]byte(c)))
			if _, err := b.Append(func(dst []byte) []byte { return append(dst, line(i)...) }); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	check := func(j *journal.Journal) {
		t.Helper()
		for i, want := range contents {
			if got, err := j.ReadBlob(1, blobs[i]); err != nil || string(got) != want {
				t.Errorf("blob %d: %q, %v", i, got, err)
			}
		}
	}
	check(j)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = open(t, dir, journal.Options{})
	check(j)
	if _, err := j.ReadBlob(2, blobs[0]); !errors.Is(err, journal.ErrGone) {
		t.Errorf("blob of an unknown segment: %v", err)
	}
	for _, b := range []journal.Blob{{Offset: 1 << 40, Length: 1}, {Length: 1 << 40}, {Offset: -1, Length: 1}, {Length: -1}} {
		if _, err := j.ReadBlob(1, b); err == nil {
			t.Errorf("blob %+v was read", b)
		}
	}
	changed := blobs[0]
	changed.Sum++
	if _, err := j.ReadBlob(1, changed); !errors.Is(err, journal.ErrChecksum) {
		t.Errorf("changed content: %v", err)
	}
}

func TestRotationAndRetention(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var firsts []uint32
	j := open(t, dir, journal.Options{
		SegmentBytes: 1000,
		MaxBytes:     3000,
		Removed:      func(first uint32) { firsts = append(firsts, first) },
	})
	var ps []journal.Position
	var blobs []journal.Blob
	for n := range 20 {
		b, err := j.Begin()
		if err != nil {
			t.Fatal(err)
		}
		blobs = append(blobs, b.Blob(make([]byte, 490)))
		p, err := b.Append(func(dst []byte) []byte { return append(dst, line(n)...) })
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Commit(); err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
		if n == 4 { // read it, so that its files are open when it goes
			if _, err := j.ReadBlob(ps[0].Segment, blobs[0]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(firsts) == 0 || firsts[len(firsts)-1] != 5 {
		t.Errorf("Removed was told of %v, want up to 5", firsts)
	}
	for i, p := range ps {
		_, err := j.Read(p)
		_, blobErr := j.ReadBlob(p.Segment, blobs[i])
		if gone := p.Segment < 5; gone != errors.Is(err, journal.ErrGone) || gone != errors.Is(blobErr, journal.ErrGone) {
			t.Errorf("record %d at %v: %v, %v", i, p, err, blobErr)
		}
	}
	names, err := filepath.Glob(filepath.Join(dir, "0*"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"0005.bodies", "0005.jsonl", "0006.bodies", "0006.jsonl", "0007.bodies", "0007.jsonl",
	}
	for i := range names {
		names[i] = filepath.Base(names[i])
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	info, err := journal.Inspect(dir)
	if err != nil || info.Segments != 3 || info.Bytes != j.Stats().Bytes || info.Modified.IsZero() {
		t.Errorf("inspect: %+v, %v", info, err)
	}
}

func TestLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir, journal.Options{})
	_, err := journal.Open(dir, journal.Options{})
	locked, ok := errors.AsType[*journal.LockedError](err)
	if !ok || !errors.Is(err, journal.ErrLocked) {
		t.Fatalf("second open: %v", err)
	}
	if want := fmt.Sprintf("process %d on host", os.Getpid()); !strings.Contains(locked.Error(), want) || locked.Dir != dir {
		t.Errorf("error %q does not name the holder (%s)", locked, want)
	}
	if err := journal.Delete(dir); !errors.Is(err, journal.ErrLocked) {
		t.Errorf("delete of an open journal: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir, journal.Options{})
}

func TestRemove(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "x")
	if err := journal.Delete(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("delete of nothing: %v", err)
	}
	j := open(t, dir, journal.Options{})
	p := commit(t, j, line(1))[0]
	if err := j.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("directory after remove: %v", err)
	}
	if _, err := j.Read(p); err == nil {
		t.Error("read after remove")
	}
	j = open(t, dir, journal.Options{})
	commit(t, j, line(1))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := journal.Delete(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("directory after delete: %v", err)
	}
}

// TestConcurrentReaders reads while a writer rotates and retention removes.
func TestConcurrentReaders(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir(), journal.Options{SegmentBytes: 200, MaxBytes: 1000})
	var mu sync.Mutex
	var ps []journal.Position
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				mu.Lock()
				known := ps
				mu.Unlock()
				if len(known) == 0 {
					continue
				}
				p := known[i%len(known)]
				if _, err := j.Read(p); err != nil && !errors.Is(err, journal.ErrGone) {
					t.Errorf("read %v: %v", p, err)
				}
				for _, err := range j.Scan(p) {
					if err != nil {
						t.Errorf("scan from %v: %v", p, err)
					}
				}
			}
		})
	}
	for n := range 300 {
		p := commit(t, j, line(n), line(n))
		mu.Lock()
		ps = append(ps, p...)
		mu.Unlock()
	}
	close(done)
	wg.Wait()
}
