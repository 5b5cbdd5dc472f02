package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/infer"
)

// A writePolicy says when a contract that exists may be replaced.
type writePolicy string

const (
	// writeClean replaces after a clean run only: the child ended with 0 and
	// nothing was dropped.
	writeClean writePolicy = "clean"
	// writeAlways replaces in any case.
	writeAlways writePolicy = "always"
)

// contractOptions say what is written where.
type contractOptions struct {
	Dir      string
	Consumer string
	// Providers names hosts: "HOST" or "HOST:PORT" to provider name.
	Providers map[string]string
	Export    pact.ExportOptions
	Policy    writePolicy
	Merge     bool
	// Infer generalises what was recorded; nil exports it literally.
	Infer *inference
	// Clean says that the recording is complete and its run succeeded.
	Clean bool
}

// A contractFile is what became of one provider's contract.
type contractFile struct {
	Provider     string         `json:"provider"`
	Hosts        []string       `json:"hosts"`
	Path         string         `json:"path,omitempty"`
	Interactions int            `json:"interactions"`
	Skipped      []pact.Skipped `json:"skipped,omitempty"`
	// Asserted and Leaves count the leaves of bodies in an inferred contract.
	Asserted int `json:"asserted,omitempty"`
	Leaves   int `json:"leaves,omitempty"`
	// Inference is the report of an inferred contract.
	Inference json.RawMessage `json:"inference,omitempty"`
	// Overrides are decisions of the user's that changed nothing, or that go
	// against what was recorded.
	Overrides []infer.Evidence `json:"-"`
	// Kept says why an existing file was left as it was; empty if written.
	Kept string `json:"kept,omitempty"`
	// Unchanged says that the file had these bytes already.
	Unchanged bool `json:"unchanged,omitempty"`
}

// writeContracts exports one Pact per provider from what was captured and
// writes it. A merge conflict is returned as an error after the other files
// have been written.
func writeContracts(ctx context.Context, active iter.Seq2[*expectations.Expectation, error], o contractOptions) ([]contractFile, error) {
	hosts, err := capturedHosts(active)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("create the output directory: %w", err)
	}
	var files []contractFile
	var errs []error
	taken := make(map[string]bool)
	for _, group := range groupByProvider(hosts, o.Providers) {
		export := o.Export
		export.Consumer, export.Provider = o.Consumer, group.provider
		doc, skipped, err := o.contract(ctx, active, group.hosts, export)
		if err != nil {
			errs = append(errs, fmt.Errorf("export the contract with %s: %w", group.provider, err))
			continue
		}
		file := contractFile{Provider: group.provider, Hosts: group.hosts, Interactions: len(doc.Interactions), Skipped: skipped}
		if report := o.Infer.last(); report != nil {
			file.Asserted, file.Leaves = report.Asserted, report.Total
			file.Inference, file.Overrides = report.JSON().AppendCompact(nil), report.Overrides
		}
		if len(doc.Interactions) > 0 {
			file.Path = filepath.Join(o.Dir, freeName(fileName(o.Consumer)+"-"+fileName(group.provider), taken)+".json")
			errs = append(errs, writeContract(&file, doc, o))
		}
		files = append(files, file)
	}
	errs = append(errs, o.Infer.write())
	return files, errors.Join(errs...)
}

// contract is the contract of what was captured of the given authorities.
func (o contractOptions) contract(ctx context.Context, active iter.Seq2[*expectations.Expectation, error], hosts []string, export pact.ExportOptions) (*pact.Document, []pact.Skipped, error) {
	if o.Infer != nil {
		return o.Infer.contract(ctx, export, ofAuthorities(hosts))
	}
	return pact.Export(ctx, ofHosts(active, hosts), export)
}

func writeContract(file *contractFile, doc *pact.Document, o contractOptions) error {
	old, err := os.ReadFile(file.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the existing contract: %w", err)
	}
	exists := err == nil
	if exists && !o.Clean && o.Policy != writeAlways {
		file.Kept = "the run was not clean (--write=always replaces it all the same)"
		return nil
	}
	if exists && o.Merge {
		if doc, err = mergeInto(old, doc); err != nil {
			file.Kept = "it conflicts with the recording"
			return fmt.Errorf("merge into %s: %w", file.Path, err)
		}
		file.Interactions = len(doc.Interactions)
	}
	data := doc.Append(nil)
	if exists && bytes.Equal(data, old) {
		file.Unchanged = true
		return nil
	}
	return replaceFile(file.Path, data)
}

func mergeInto(old []byte, doc *pact.Document) (*pact.Document, error) {
	existing, err := pact.Parse(old)
	if err != nil {
		return nil, err
	}
	return pact.Merge(existing, doc)
}

// capturedHosts is the set of authorities recorded, sorted.
func capturedHosts(active iter.Seq2[*expectations.Expectation, error]) ([]string, error) {
	var hosts []string
	for e, err := range active {
		if err != nil {
			return nil, fmt.Errorf("read the recording: %w", err)
		}
		if e.Origin == expectations.OriginCaptured && !slices.Contains(hosts, e.Authority) {
			hosts = append(hosts, e.Authority)
		}
	}
	slices.Sort(hosts)
	return hosts, nil
}

// ofHosts are the captured expectations of the given authorities.
func ofHosts(active iter.Seq2[*expectations.Expectation, error], hosts []string) iter.Seq2[*expectations.Expectation, error] {
	return func(yield func(*expectations.Expectation, error) bool) {
		for e, err := range active {
			wanted := err != nil || (e.Origin == expectations.OriginCaptured && slices.Contains(hosts, e.Authority))
			if wanted && !yield(e, err) {
				return
			}
		}
	}
}

type providerGroup struct {
	provider string
	hosts    []string
}

// groupByProvider puts hosts that share a provider name together, in the
// order of the names.
func groupByProvider(hosts []string, names map[string]string) []providerGroup {
	byName := make(map[string][]string)
	for _, host := range hosts {
		name := providerName(host, names)
		byName[name] = append(byName[name], host)
	}
	groups := make([]providerGroup, 0, len(byName))
	for name, hosts := range byName {
		groups = append(groups, providerGroup{name, hosts})
	}
	slices.SortFunc(groups, func(a, b providerGroup) int { return strings.Compare(a.provider, b.provider) })
	return groups
}

// providerName is the name given for the authority with its port, else for
// its host alone, else the authority itself.
func providerName(authority string, names map[string]string) string {
	if name, ok := names[authority]; ok {
		return name
	}
	if name, ok := names[withoutPort(authority)]; ok {
		return name
	}
	if authority == "" {
		return "provider"
	}
	return authority
}

func withoutPort(authority string) string {
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		return authority[:i]
	}
	return authority
}

// parseProviders reads HOST=NAME pairs; hosts are compared in lower case.
func parseProviders(pairs []string) (map[string]string, error) {
	names := make(map[string]string, len(pairs))
	for _, pair := range pairs {
		host, name, ok := strings.Cut(pair, "=")
		if !ok || host == "" || name == "" {
			return nil, &usageError{fmt.Errorf("--provider %q: HOST=NAME is wanted, e.g. api.example.com=orders", pair)}
		}
		names[strings.ToLower(host)] = name
	}
	return names, nil
}

// fileName makes a participant's name fit for a file: letters, digits and
// ._- stay, anything else becomes one dash.
func fileName(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-', r > 127:
			b.WriteRune(r)
		default:
			b.WriteByte('-')
		}
	}
	if s := strings.TrimLeft(b.String(), "."); s != "" {
		return s
	}
	return "unnamed"
}

// freeName is name, with a number where another provider's file has it; so do
// "a/b" and "a-b" here, "A" and "a" on some systems.
func freeName(name string, taken map[string]bool) string {
	free := name
	for n := 2; taken[strings.ToLower(free)]; n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	taken[strings.ToLower(free)] = true
	return free
}

// replaceFile writes data in place of what path has; see replaceFileBy.
func replaceFile(path string, data []byte) error {
	return replaceFileBy(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// replaceFileBy has a file written beside path, syncs it and renames it into
// place, so that a reader sees the old file or the new one, whole. An error of
// write is returned as it is.
func replaceFileBy(path string, write func(io.Writer) error) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), ".pactape-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	var content error
	defer func() {
		if err != nil {
			_ = temp.Close()
			_ = os.Remove(temp.Name())
		}
		if err != nil && content == nil {
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	if content = write(temp); content != nil {
		return content
	}
	if err = temp.Chmod(0o644); err != nil {
		return err
	}
	if err = temp.Sync(); err != nil {
		return err
	}
	if err = temp.Close(); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
