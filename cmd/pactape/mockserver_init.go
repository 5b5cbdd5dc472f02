package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/fsnotify/fsnotify"
	"github.com/google/uuid"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/proxy/admin"
)

// An initializer loads expectations from files into a space, and again when
// they change. It is used by one goroutine at a time.
type initializer struct {
	patterns []string
	space    *expectations.Space
	log      *slog.Logger
	// mayMiss says that there need be no file.
	mayMiss bool
	// files are those that were loaded, by path.
	files map[string]initialized
}

// initialized is what a file held.
type initialized struct {
	digest [sha256.Size]byte
	ids    []string
}

const (
	maxInitialization = 64 << 20 // bytes of one file
	maxWatched        = 1000     // directories
	// settleTime is how long files must be quiet before they are read: an
	// editor writes in several steps.
	settleTime = 100 * time.Millisecond
)

// load loads the files that are new or changed, all of them or none, and
// removes what is in none of them any more. The first time a file that cannot
// be read is an error; later it is one too, and what was loaded stays.
func (n *initializer) load(ctx context.Context) error {
	paths, err := n.match()
	if err != nil {
		return err
	}
	next := make(map[string]initialized, len(paths))
	var put []*expectations.Expectation
	kept := make(map[string]bool)
	for _, path := range paths {
		file, made, err := n.read(ctx, path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		next[path] = file
		put = append(put, made...)
		for _, id := range file.ids {
			kept[id] = true
		}
	}
	var gone []string
	for _, file := range n.files {
		for _, id := range file.ids {
			if !kept[id] {
				gone = append(gone, id)
			}
		}
	}
	if _, err := n.space.Put(put...); err != nil {
		return err
	}
	n.files = next
	slices.Sort(gone)
	if len(put) > 0 || len(gone) > 0 {
		n.log.InfoContext(ctx, "expectations loaded from files", slog.Int("files", len(next)), slog.Int("put", len(put)), slog.Int("removed", len(gone)))
	}
	n.space.Set.Remove(slices.Compact(gone)...)
	return nil
}

// match are the files that the patterns name, sorted. A plain path must be
// there, a pattern may name nothing.
func (n *initializer) match() ([]string, error) {
	var paths []string
	for _, pattern := range n.patterns {
		found, err := doublestar.FilepathGlob(pattern, doublestar.WithFilesOnly())
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", pattern, err)
		}
		if len(found) == 0 && !n.mayMiss {
			n.log.Warn("no file of expectations is there", slog.String("pattern", pattern))
		}
		paths = append(paths, found...)
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

// read reads one file; made is nil if it is as it was.
func (n *initializer) read(ctx context.Context, path string) (file initialized, made []*expectations.Expectation, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return file, nil, cause(err)
	}
	if info.Size() > maxInitialization {
		return file, nil, fmt.Errorf("it is larger than %d bytes", maxInitialization)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return file, nil, cause(err)
	}
	if old, ok := n.files[path]; ok && old.digest == sha256.Sum256(data) {
		return old, nil, nil
	}
	if made, err = (wire.Reader{OpenAPI: admin.Specs(ctx)}).Expectations(data); err != nil {
		return file, nil, err
	}
	if err := pact.Revive(pact.ImportOptions{}, made...); err != nil {
		return file, nil, err
	}
	file.digest = sha256.Sum256(data)
	for i, e := range made {
		if e.ID == "" {
			// The same place of the same file replaces what it held.
			e.ID = uuid.NewSHA1(uuid.NameSpaceURL, []byte(filepath.ToSlash(path)+"#"+strconv.Itoa(i))).String()
		}
		e.Origin = expectations.OriginImported
		if _, err := e.Compile(); err != nil {
			return file, nil, fmt.Errorf("expectation %d: %w", i+1, err)
		}
		file.ids = append(file.ids, e.ID)
	}
	return file, made, nil
}

// cause is an error of a file without the path.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// watch loads again whenever a file changes, until ctx ends. What cannot be
// loaded is logged, and leaves everything as it was.
func (n *initializer) watch(ctx context.Context) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch the files of expectations: %w", err)
	}
	defer func() { _ = watcher.Close() }() // nothing is lost
	if err := n.follow(watcher); err != nil {
		return err
	}
	quiet := time.NewTimer(0) // once more: a file may have changed since it was loaded
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-watcher.Errors:
			n.log.WarnContext(ctx, "files of expectations cannot be watched", slog.Any("error", err))
		case <-watcher.Events:
			quiet.Reset(settleTime)
		case <-quiet.C:
			if err := n.load(ctx); err != nil && ctx.Err() == nil {
				n.log.ErrorContext(ctx, "expectations are not loaded from files", slog.Any("error", err))
			}
			if err := n.follow(watcher); err != nil {
				n.log.WarnContext(ctx, "files of expectations cannot be watched", slog.Any("error", err))
			}
		}
	}
}

// follow watches the directories that files of the patterns may be in. A file
// itself is not watched: editors and orchestrators put another in its place.
func (n *initializer) follow(watcher *fsnotify.Watcher) error {
	for _, pattern := range n.patterns {
		base, rest := doublestar.SplitPattern(filepath.ToSlash(pattern))
		base = filepath.FromSlash(base)
		err := filepath.WalkDir(base, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case !entry.IsDir():
				return nil
			case len(watcher.WatchList()) >= maxWatched:
				return fmt.Errorf("below %s are more than %d directories", base, maxWatched)
			}
			if err := watcher.Add(path); err != nil {
				return fmt.Errorf("watch %s: %w", path, err)
			}
			if !filepath.IsAbs(rest) && filepath.Base(rest) == rest {
				return fs.SkipDir // nothing below can match
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.SkipDir) {
			return err
		}
	}
	return nil
}
