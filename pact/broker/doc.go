// Package broker is a client of the Pact Broker
// (https://docs.pact.io/pact_broker): it publishes contracts, fetches those
// that a provider is to be held to, publishes the results, asks whether a
// version may be deployed, and tells what was deployed or released.
//
// A broker speaks HAL (draft-kelly-json-hal): a [Client] begins at the base
// URL, which may have a path, and follows links by their relation, filling in
// their templates. Paths are made up only where old brokers have no link.
//
// A [Client] has no state but its options, and may be used by any number of
// goroutines. Calls that a broker in trouble turned down are repeated, within
// bounds, see [Options]. Credentials go to the host of the base URL alone,
// whatever links and redirects say, and are in no error and no log line.
// Whatever a broker says is stripped of control characters before it is handed
// on, so that it can be printed.
//
// # Errors
//
// An answer that refuses is a [*StatusError]; [ErrUnauthorized], [ErrConflict]
// and their like tell which. An answer that no broker gives (a login page) is
// [ErrNotBroker].
//
// # What it is not for
//
// It judges no contract (package pact/verifier does) and reads neither flags
// nor environment nor git. It is handed an [http.RoundTripper], which decides
// about proxies and certificates. Webhooks, environments and applications are
// managed with the broker's own tools.
package broker
