package childenv

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Options says whose environment to build, and for which proxy.
type Options struct {
	// ProxyURL is the proxy as an http URL, perhaps with credentials (the
	// user name selects a session). Required.
	ProxyURL *url.URL
	// CAPath is our CA certificate in PEM, for variables that add roots.
	// Required; made absolute.
	CAPath string
	// BundlePath holds the system's roots and ours, for variables that
	// replace roots. Empty where the system's roots cannot be read: CAPath
	// then takes its place, with a warning.
	BundlePath string
	// TrustStorePath is a PKCS #12 store of the same content, for Java.
	// Empty: Java gets the proxy but not the trust, with a warning.
	TrustStorePath string
	// TrustStorePassword opens it.
	TrustStorePassword string
	// Dir is where helper files go (a script for Node, an ini file for PHP);
	// it must outlive the child. Empty: the directory of CAPath.
	Dir string
	// NoProxy are hosts that the child reaches directly, added to those that
	// it always does: cloud metadata addresses and the proxy itself.
	NoProxy []string
	// CaptureLocalhost asks runtimes that spare localhost and loopback
	// addresses by default to send them through the proxy too. One that cannot
	// be told to is named in a warning.
	CaptureLocalhost bool
	// Base is the environment to start from, as [os.Environ] gives it. Nil is
	// an empty one.
	Base []string
	// GOOS is the platform of the child; empty means ours.
	GOOS string
}

// A Kind says what a variable does.
type Kind string

// The kinds of variables.
const (
	// Proxy names the proxy.
	Proxy Kind = "proxy"
	// NoProxy names hosts to reach without it.
	NoProxy Kind = "no proxy"
	// TrustAdd adds our CA to the runtime's roots.
	TrustAdd Kind = "adds a root"
	// TrustReplace replaces the runtime's roots by the bundle.
	TrustReplace Kind = "replaces roots"
	// Switch turns on what is off by default.
	Switch Kind = "switch"
	// Arguments are command-line arguments of a runtime; what the user has
	// there is kept, ours are added.
	Arguments Kind = "arguments"
)

// A Variable is one row of the table, with its value for one child.
type Variable struct {
	// Name and Value are what is set.
	Name, Value string
	// Kind is what it does.
	Kind Kind
	// For says who reads it.
	For string
	// Source is where that is documented.
	Source string
}

// An Environment is what one child needs. It is immutable.
type Environment struct {
	base      []string
	fold      bool // names are the same in any case
	variables []Variable
	warnings  []string
}

// New works out the environment and writes the helper files that it names. It
// returns an error if the options are incomplete or a file cannot be written.
func New(o Options) (*Environment, error) {
	if o.ProxyURL == nil || o.ProxyURL.Host == "" {
		return nil, errors.New("child environment: no proxy URL")
	}
	if o.CAPath == "" {
		return nil, errors.New("child environment: no CA certificate")
	}
	if o.GOOS == "" {
		o.GOOS = runtime.GOOS
	}
	for _, path := range []*string{&o.CAPath, &o.BundlePath, &o.TrustStorePath, &o.Dir} {
		if *path == "" {
			continue
		}
		absolute, err := filepath.Abs(*path) // the child may run elsewhere
		if err != nil {
			return nil, fmt.Errorf("child environment: %w", err)
		}
		*path = absolute
	}
	if o.Dir == "" {
		o.Dir = filepath.Dir(o.CAPath)
	}
	e := &Environment{base: slices.Clone(o.Base), fold: o.GOOS == "windows"}
	v, err := newValues(o, e.lookup)
	if err != nil {
		return nil, err
	}
	for _, row := range table() {
		value := row.value(v)
		if value == "" || e.has(row.name) {
			continue
		}
		e.variables = append(e.variables, Variable{
			Name: row.name, Value: value, Kind: row.kind, For: row.readers, Source: row.source,
		})
	}
	e.warnings = warnings(o, e)
	return e, nil
}

// Environ is the child's whole environment: the base with our variables in
// place of those of the same name. The caller owns the slice.
func (e *Environment) Environ() []string {
	env := make([]string, 0, len(e.base)+len(e.variables))
	for _, entry := range e.base {
		name, _, _ := strings.Cut(entry, "=")
		if !e.has(name) {
			env = append(env, entry)
		}
	}
	for _, v := range e.variables {
		env = append(env, v.Name+"="+v.Value)
	}
	return env
}

// Variables are the rows that are set, in the order of the table. The caller
// owns the slice.
func (e *Environment) Variables() []Variable { return slices.Clone(e.variables) }

// Warnings are sentences for the user about traffic that will not be seen, or
// settings of theirs that are replaced. The caller owns the slice.
func (e *Environment) Warnings() []string { return slices.Clone(e.warnings) }

// same reports whether two names are one variable on the child's platform.
func (e *Environment) same(a, b string) bool {
	if e.fold {
		return strings.EqualFold(a, b)
	}
	return a == b
}

// has reports whether we set the variable.
func (e *Environment) has(name string) bool {
	return slices.ContainsFunc(e.variables, func(v Variable) bool { return e.same(v.Name, name) })
}

// lookup is the value in the base, where the last of several counts.
func (e *Environment) lookup(name string) string {
	for _, entry := range slices.Backward(e.base) {
		if n, value, ok := strings.Cut(entry, "="); ok && e.same(n, name) {
			return value
		}
	}
	return ""
}
