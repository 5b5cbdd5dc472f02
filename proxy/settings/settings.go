// Package settings holds what can be changed of a running server, MockServer's
// PUT /mockserver/configuration: [Values], and [Live], which everybody who
// follows them reads at the time of use.
//
// # What it is not for
//
// What is fixed at the start (listeners, certificates, directories) is in the
// options of each package. The mode belongs to a session, and so to
// [expectations.Space], although MockServer has a setting for it.
//
// [expectations.Space]: https://pkg.go.dev/github.com/pactape/pactape/expectations#Space
package settings

import (
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
)

// Values are the settings. The zero value is not useful; see [Default].
type Values struct {
	// AttachMismatchDiagnostic adds to the 404 of a request that nothing
	// answers what the closest expectation wanted.
	AttachMismatchDiagnostic bool
	// DetailedVerificationFailures adds to a failed verification how the
	// closest request differs.
	DetailedVerificationFailures bool
	// MaxReturned is from how many requests on a failed verification does not
	// list them; 0 lists none.
	MaxReturned int
	// MaxExpectations bounds the expectations a session is given by hand.
	MaxExpectations int
	// MaxLogEntries bounds the request log of a session, beside its bound in
	// bytes; 0 does not.
	MaxLogEntries int
	// LogLevel is from which level on the server logs.
	LogLevel slog.Level
	// MetricsEnabled answers scrapes.
	MetricsEnabled bool
	// LivenessPath, if not empty, is a further path that answers GET with the
	// status, for probes; it begins with a slash.
	LivenessPath string
	// CORS is who may call from a page.
	CORS CORS
}

// Default returns the settings of a server that was told nothing.
func Default() Values {
	return Values{
		DetailedVerificationFailures: true, MaxReturned: 10, MaxExpectations: 100_000, MetricsEnabled: true,
	}
}

// check says what is wrong with the values, by their names in MockServer.
func (v *Values) check() error {
	switch {
	case v.MaxReturned < 0:
		return fmt.Errorf("maximumNumberOfRequestToReturnInVerificationFailure must not be negative but is %d", v.MaxReturned)
	case v.MaxExpectations < 1:
		return fmt.Errorf("maxExpectations must be at least 1 but is %d", v.MaxExpectations)
	case v.MaxLogEntries < 0:
		return fmt.Errorf("maxLogEntries must not be negative but is %d", v.MaxLogEntries)
	case v.LivenessPath != "" && v.LivenessPath[0] != '/':
		return fmt.Errorf("livenessHttpGetPath must begin with a slash but is %q", v.LivenessPath)
	}
	return v.CORS.check()
}

// Live are settings that may change. It is safe for concurrent use; reading
// takes no lock. A nil Live has the defaults and cannot be changed.
type Live struct {
	current atomic.Pointer[Values]

	mu       sync.Mutex // held by changes
	watchers []func(Values)
}

// New returns settings that begin with v, which must be sound: the error says
// what is not.
func New(v Values) (*Live, error) {
	if err := v.check(); err != nil {
		return nil, err
	}
	l := &Live{}
	l.current.Store(&v)
	return l, nil
}

// Get returns the values now.
func (l *Live) Get() Values {
	if l == nil {
		return Default()
	}
	return *l.current.Load()
}

// Watch calls f with the values now and after every change. Calls do not
// overlap; f must not change settings.
func (l *Live) Watch(f func(Values)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watchers = append(l.watchers, f)
	f(*l.current.Load())
}

// Change lets edit change the values, all or none: what edit returns, or what
// is wrong with them then, is returned and changes nothing.
func (l *Live) Change(edit func(*Values) error) (Values, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := *l.current.Load()
	if err := edit(&v); err != nil {
		return Values{}, err
	}
	if err := v.check(); err != nil {
		return Values{}, err
	}
	l.current.Store(&v)
	for _, f := range l.watchers {
		f(v)
	}
	return v, nil
}
