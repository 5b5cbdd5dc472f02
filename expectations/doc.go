// Package expectations is the domain of pactape: what was sent ([Request]),
// what was answered ([Response]), what would match ([RequestMatcher]), what
// answers it ([Expectation]), and where all of that lives ([Space]: an active
// [Set], a [Log], a [Mode]).
//
// A Request and a RequestMatcher are different types on purpose: the one is a
// fact, the other a condition with patterns, negations and optional names.
//
// # Spaces
//
// A [SessionID] names a [Space]; the empty id is MockServer's single space and
// prints as "default". [Spaces] creates a space on first use. The proxy and
// the admin API resolve a space once per connection or call and work on it
// from there.
//
// # The active set
//
// What is active in a space is the union of its [Set] (made by a user or
// imported) and of its [Captured] half (learned from recorded traffic, see
// package capture). At equal priority the user's expectations rank first;
// captured ones have priority 0 and answer only where the caller asks for
// them, which the proxy does in SIMULATE alone.
//
// # What it is not for
//
// No JSON of any tool is read or written here (package expectations/wire is
// MockServer's JSON), nothing is stored (package capture), no request is sent
// (package proxy), and what a [Mode] means is the proxy's business: it is a
// forwarding decision, only its value lives here.
package expectations
