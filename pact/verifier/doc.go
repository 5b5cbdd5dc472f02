// Package verifier holds a Pact contract against a live provider: it sends the
// example request of each interaction and judges the answer with the matching
// engine of package pact.
//
// A request is sent as the reference verifier sends it: the query sorted by
// name, the elements of a header as lines of their own, the example body as it
// stands, generators applied. Redirects are not followed unless that is asked
// for. Provider states are set up, and torn down, by calls to a handler of the
// provider ([Options.StateURL]); what it returns feeds ProviderState generators.
// A state that fails, and a generator that cannot be applied, fail the
// interaction by name.
//
// Contracts that pactape recorded hold a placeholder where a request header
// was a secret ([pact.Placeholder]). Such a header must be supplied in
// [Options.Header]; one that is missing is named in the result, interaction by
// interaction, and in its warnings.
//
// # What it is not for
//
// It neither reads files nor asks a broker: it is handed a document and an
// [http.RoundTripper], which decides about proxies, certificates and names.
package verifier
