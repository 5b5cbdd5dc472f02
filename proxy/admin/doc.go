// Package admin answers the requests that are addressed to pactape itself:
// MockServer's control plane below /mockserver, metrics, health, and the Pact
// calls.
//
// [New] returns one handler. Every call goes the same way: route → guard
// (token, host, origin) → read the query and the body (bounded) → resolve the
// space the call is for, in one place → the function of the route, which
// answers or returns an error → one table that turns errors into statuses. A
// call that fails changes nothing.
//
// A call is one row in the table of routes; a format of retrieve is one file
// retrieve_name.go and its rows in the table of retrievals.
//
// # Who may call
//
// A page in a browser must not be able to drive the API. So a call must name
// one of our own hosts in its Host header (a page that rebinds its name to our
// address does not), must not carry the Origin of another host, and must not
// come from another site. Of our own hosts any port will do, since ports are
// mapped. No answer has a CORS header (Fetch standard §3.2), so that pages of
// other origins can read none, unless the setting enableCORSForAPI lets them
// in: then those it lets in may call, too.
//
// With a token, every call must carry it as a bearer token (RFC 6750 §2.1); with
// Options.ClientCert, it must come over TLS with a certificate that the listener
// has verified; with both, both.
//
//   - /livez and /readyz answer anybody: probes come by address, and can
//     rarely be given a secret.
//   - /metrics answers under any host name, since scrapes come by service
//     name, but wants the token if there is one: labels name upstream hosts.
//
// # Contracts
//
// PUT /mockserver/pact/import, or /mockserver/import, makes expectations of a
// Pact; an expectation that was made so has a member of our own, pact, with the
// interaction, so that what is retrieved can be put again. GET and PUT
// /mockserver/pact/states tell and say which provider states are active:
// {"states":[{"name":…,"params":{…}}]}, or one state, or null for none told. The
// scenario pact-provider-state is the same thing in MockServer's words. The
// header X-Pactape-Provider-State says it for one request.
//
// # What it is not for
//
// It is not for proxied traffic: package proxy decides what is ours and hands
// it over. It holds no state but its options and may be used from any number
// of goroutines.
//
// # Design
//
// Where we differ from MockServer 7 on purpose:
//
//   - session, host, origin and semantics are query parameters of ours.
//   - The version header of each answer is blank: MockServer's clients refuse
//     another version than their own.
//   - The configuration has what has a meaning here, and other names are
//     refused; the settings are those of the server, but for the mode, which
//     is that of the session.
//   - What is left out on purpose is answered 501 with the reason, not 404.
//   - A query that cannot be parsed is refused (MockServer ignores it, so that
//     a broken type=log clears everything), and so is a body beyond a bound.
//   - Faults of ours are 500 with a text that names the operation and no more;
//     MockServer answers 400 with the exception.
//   - retrieve takes {"id":"…"} as a filter too, as clear does.
//   - An expectation that PUT /mockserver/openapi makes has, and prints, the
//     conditions that follow from the description; MockServer's has the
//     description. One that is read again replaces what it made. An operation,
//     an answer or an example that there is not is refused; MockServer takes
//     another. A definition as httpRequest or as a filter is printed as it was
//     given; of an operation or a description that there is not MockServer's
//     finds nothing, and here it is refused with its JSON path.
//   - A description is read from a file or a URL, as in MockServer, but what it
//     refers to must be below its directory or at its origin, and link-local
//     addresses are not called.
//   - verify of an expectation id that is neither active nor in the request
//     log is refused, but MockServer remembers ids that were used up and
//     cleared from its log.
package admin
