package journal_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture/journal"
)

// write makes a segment with the given content.
func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	p, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return string(p)
}

func TestTornTail(t *testing.T) {
	t.Parallel()
	good := line(1) + "\n" + line(2) + "\n"
	for name, test := range map[string]struct {
		tail string
		torn string // what is kept of it
	}{
		"none":                 {tail: ""},
		"half a line":          {tail: `{"n":`},
		"a line but newline":   {tail: line(3)},
		"one byte":             {tail: "{"},
		"zeros":                {tail: strings.Repeat("\x00", 4096)},
		"garbage":              {tail: "garbage\n", torn: "garbage\n"},
		"empty line":           {tail: "\n", torn: "\n"},
		"zeros inside":         {tail: "{\"x\":\"\x00\x00\"}\n", torn: "{\"x\":\"\x00\x00\"}\n"},
		"refused":              {tail: `{"refused":1}` + "\n", torn: `{"refused":1}` + "\n"},
		"good lines behind it": {tail: "garbage\n" + line(3) + "\n{", torn: "garbage\n" + line(3) + "\n{"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, "0007.jsonl", good+test.tail)
			var reports []error
			o := journal.Options{
				Load: func(_ journal.Position, line []byte) error {
					if strings.Contains(string(line), "refused") {
						return errors.New("refused")
					}
					return nil
				},
				Report: func(err error) { reports = append(reports, err) },
			}
			j := open(t, dir, o)
			if got := read(t, dir, "0007.jsonl"); got != good {
				t.Errorf("segment after open: %q", got)
			}
			if got := read(t, dir, "0007.torn"); got != test.torn {
				t.Errorf("torn: %q, want %q", got, test.torn)
			}
			if stats := j.Stats(); stats.Cut != int64(len(test.tail)) || (stats.Bad == 1) != (test.tail != "") {
				t.Errorf("stats: %+v", stats)
			}
			if (len(reports) == 1) != (test.tail != "") {
				t.Errorf("reports: %v", reports)
			}
			commit(t, j, line(3))
			if diff := cmp.Diff(numbered(1, 3), lines(j, journal.Position{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestBadRecordElsewhere: only the last segment is ever cut.
func TestBadRecordElsewhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := line(1) + "\ngarbage\n" + line(2) + "\n" + `{"torn`
	write(t, dir, "0001.jsonl", first)
	write(t, dir, "0002.jsonl", line(3)+"\n")
	write(t, dir, "notes.txt", "mine")
	write(t, dir, "0001.bak.jsonl", "mine")
	var loaded []string
	var reports []journal.Position
	j := open(t, dir, journal.Options{
		Load: func(_ journal.Position, line []byte) error {
			loaded = append(loaded, string(line))
			return nil
		},
		Report: func(err error) {
			bad, ok := errors.AsType[*journal.RecordError](err)
			if !ok || bad.Cut != 0 {
				t.Errorf("report: %v", err)
				return
			}
			bad.Position.Length = 0
			reports = append(reports, bad.Position)
		},
	})
	if diff := cmp.Diff(numbered(1, 3), loaded); diff != "" {
		t.Error(diff)
	}
	want := []journal.Position{{Segment: 1, Offset: 8}, {Segment: 1, Offset: 24}}
	if diff := cmp.Diff(want, reports); diff != "" {
		t.Error(diff)
	}
	if got := read(t, dir, "0001.jsonl"); got != first {
		t.Errorf("first segment was changed: %q", got)
	}
	got := lines(j, journal.Position{})
	if len(got) != 5 || !strings.Contains(got[1], "bad record at 1:8") || !strings.Contains(got[3], "bad record at 1:24") {
		t.Errorf("scan: %q", got)
	}
}

func TestOrphans(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "0001.bodies", "left behind")
	write(t, dir, "0002.bodies", "used")
	write(t, dir, "0002.jsonl", line(1)+"\n")
	open(t, dir, journal.Options{})
	if got := read(t, dir, "0001.bodies") + read(t, dir, "0002.bodies"); got != "used" {
		t.Errorf("bodies left: %q", got)
	}
}

// A disk is shared by the files of a test journal.
type disk struct {
	room      int64 // bytes that can still be written
	truncates bool  // whether Truncate works
	syncs     int
}

func (d *disk) open(name string, flag int, perm fs.FileMode) (journal.File, error) {
	f, err := os.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return &file{File: f, disk: d}, nil
}

type file struct {
	*os.File
	disk *disk
}

func (f *file) WriteAt(p []byte, offset int64) (int, error) {
	n := min(int64(len(p)), f.disk.room)
	f.disk.room -= n
	if _, err := f.File.WriteAt(p[:n], offset); err != nil {
		return 0, err
	}
	if n < int64(len(p)) {
		return int(n), &fs.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
	}
	return len(p), nil
}

func (f *file) Truncate(size int64) error {
	if !f.disk.truncates {
		return &fs.PathError{Op: "truncate", Path: f.Name(), Err: syscall.EIO}
	}
	return f.File.Truncate(size)
}

func (f *file) Sync() error {
	f.disk.syncs++
	return f.File.Sync()
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		room      int64
		truncates bool
	}{
		"in the bodies":              {room: 60, truncates: true},
		"in the lines":               {room: 104, truncates: true},
		"and truncating fails":       {room: 104, truncates: false},
		"in the bodies, fails again": {room: 60, truncates: false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &disk{room: 1 << 20, truncates: true}
			dir := t.TempDir()
			j := open(t, dir, journal.Options{OpenFile: d.open})
			put := func(n int) error {
				b, err := j.Begin()
				if err != nil {
					return err
				}
				blob := b.Blob([]byte(strings.Repeat("b", 100)))
				if _, err := b.Append(func(dst []byte) []byte { return append(dst, line(n)...) }); err != nil {
					t.Fatal(err)
				}
				if err := b.Commit(); err != nil {
					return err
				}
				_, err = j.ReadBlob(1, blob)
				return err
			}
			if err := put(1); err != nil {
				t.Fatal(err)
			}
			d.room, d.truncates = test.room, test.truncates
			if err := put(2); !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("commit on a full disk: %v", err)
			}
			if err := put(3); err == nil {
				t.Error("second commit on a full disk")
			}
			if diff := cmp.Diff(numbered(1, 1), lines(j, journal.Position{})); diff != "" {
				t.Error(diff)
			}
			d.room, d.truncates = 1<<20, true
			for n := 2; n <= 3; n++ {
				if err := put(n); err != nil {
					t.Errorf("commit with room again: %v", err)
				}
			}
			if diff := cmp.Diff(numbered(1, 3), lines(j, journal.Position{})); diff != "" {
				t.Error(diff)
			}
			if got := read(t, dir, "0001.jsonl"); got != strings.Join(numbered(1, 3), "\n")+"\n" {
				t.Errorf("file: %q", got)
			}
			if got := len(read(t, dir, "0001.bodies")); got != 300 {
				t.Errorf("%d bytes of bodies, want 300", got)
			}
		})
	}
}

// TestFullDiskOnRotation: a segment that cannot be begun is begun later.
func TestFullDiskOnRotation(t *testing.T) {
	t.Parallel()
	fail := false
	j := open(t, t.TempDir(), journal.Options{
		SegmentBytes: 5,
		OpenFile: func(name string, flag int, perm fs.FileMode) (journal.File, error) {
			if fail && flag&os.O_CREATE != 0 {
				return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.ENOSPC}
			}
			return os.OpenFile(name, flag, perm)
		},
	})
	commit(t, j, line(1))
	fail = true
	for range 2 {
		if _, err := j.Begin(); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("begin: %v", err)
		}
	}
	fail = false
	commit(t, j, line(2))
	if diff := cmp.Diff(numbered(1, 2), lines(j, journal.Position{})); diff != "" {
		t.Error(diff)
	}
}

func TestSyncPolicy(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		policy journal.SyncPolicy
		want   int
	}{
		"os":     {policy: journal.SyncOS, want: 0},
		"commit": {policy: journal.SyncCommit, want: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &disk{room: 1 << 20, truncates: true}
			j := open(t, t.TempDir(), journal.Options{OpenFile: d.open, Sync: test.policy})
			for range 3 {
				commit(t, j, line(1))
			}
			if d.syncs != test.want {
				t.Errorf("%d syncs in three commits, want %d", d.syncs, test.want)
			}
		})
	}
}
