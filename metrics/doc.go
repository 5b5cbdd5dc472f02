// Package metrics counts what pactape does and prints it for Prometheus, at
// /metrics and /mockserver/metrics.
//
// A [Metrics] owns a registry of its own, so that two proxies in one process
// (or in one test) never share a counter. Whoever has something to count gets
// the *Metrics and calls the method named after the event. All methods may be
// called from any goroutine and on a nil *Metrics, which counts nothing: a
// package under test needs no stand-in.
//
// Every metric is one field and one method here, and one row in the test that
// drives each method. Names begin with pactape_ and pass promtool check
// metrics. Labels whose values come from traffic (the host of an upstream, a
// reason) are bounded: beyond the bound a value counts under [Other], so that
// no client can grow the exposition without end.
//
// It is not for logs, traces or per-session figures, and it knows nothing of
// the packages that it counts for: their hooks are adapted to these methods
// where the program is wired together.
package metrics
