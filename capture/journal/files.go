package journal

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	linesSuffix  = ".jsonl"
	bodiesSuffix = ".bodies"
	tornSuffix   = ".torn"
)

// A File is what the journal needs of an open file; [os.File] is one.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	// Truncate and Sync are as in [os.File].
	Truncate(size int64) error
	Sync() error
	// Stat is as in [os.File].
	Stat() (fs.FileInfo, error)
}

// openFile is the default of [Options.OpenFile].
func openFile(name string, flag int, perm fs.FileMode) (File, error) {
	f, err := os.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err // not f: a nil *os.File in an interface is not nil
	}
	return f, nil
}

// segmentPath is the path of a segment's file with the given suffix.
func segmentPath(dir string, number uint32, suffix string) string {
	return filepath.Join(dir, fmt.Sprintf("%04d%s", number, suffix))
}

// segmentNumber reads the number off a segment's file name.
func segmentNumber(name, suffix string) (uint32, bool) {
	digits, ok := strings.CutSuffix(name, suffix)
	if !ok || len(digits) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || n == 0 || (len(digits) > 4 && digits[0] == '0') {
		return 0, false
	}
	return uint32(n), true
}

// listSegments returns the segments in dir, oldest first, with the sizes of
// their files.
func listSegments(dir string) ([]segment, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	bodies := map[uint32]int64{}
	var segs []segment
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if n, ok := segmentNumber(e.Name(), linesSuffix); ok && info.Mode().IsRegular() {
			segs = append(segs, segment{number: n, lines: info.Size(), modified: info.ModTime()})
		}
		if n, ok := segmentNumber(e.Name(), bodiesSuffix); ok {
			bodies[n] = info.Size()
		}
	}
	for i := range segs {
		segs[i].bodies = bodies[segs[i].number]
	}
	slices.SortFunc(segs, func(a, b segment) int { return cmp.Compare(a.number, b.number) })
	return segs, nil
}

// removeOrphans deletes bodies whose lines are gone: a removal was cut short.
func removeOrphans(dir string, segs []segment) error {
	names, err := filepath.Glob(filepath.Join(dir, "*"+bodiesSuffix))
	if err != nil {
		return err
	}
	for _, name := range names {
		n, ok := segmentNumber(filepath.Base(name), bodiesSuffix)
		if !ok || slices.ContainsFunc(segs, func(s segment) bool { return s.number == n }) {
			continue
		}
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Info describes a journal without opening it.
type Info struct {
	// Segments is their number, Bytes their size on disk with bodies.
	Segments int
	Bytes    int64
	// Modified is when it was last written to; zero if it has no segments.
	Modified time.Time
}

// Inspect describes the journal in dir, open or not. A directory without
// segments gives the zero value.
func Inspect(dir string) (Info, error) {
	segs, err := listSegments(dir)
	if err != nil {
		return Info{}, fmt.Errorf("inspect journal: %w", err)
	}
	info := Info{Segments: len(segs)}
	for _, s := range segs {
		info.Bytes += s.lines + s.bodies
		if s.modified.After(info.Modified) {
			info.Modified = s.modified
		}
	}
	return info, nil
}

// syncDir makes the creation and removal of files in dir durable. Windows
// cannot sync a directory and does not need it.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
