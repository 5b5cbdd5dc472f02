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
// # Matching
//
// [Compile] turns a RequestMatcher into a [Compiled] once; it then says of many
// requests whether they match ([Compiled.Match]) and of each why not
// ([Compiled.Explain]). The rules are MockServer's: a text matches a value
// that equals it ignoring case or, read as a regular expression, matches it as
// a whole; headers, query parameters and cookies may have more than is asked
// for; JSON may have more members and items than is asked for. A path matches
// as it was sent or percent-decoded.
//
// A [Contract], where a matcher has one, has to accept the request too, and a
// [Producer] makes answers that are not the same each time: that is how
// interactions of contracts, whose rules this package does not know, are active
// like any other expectation. The states of a provider ([ProviderStates]) say
// which of them answer, for a space or for one request.
//
// # What it is not for
//
// No JSON of any tool is read or written here (package expectations/wire is
// MockServer's JSON), nothing is stored (package capture), no request is sent
// (package proxy), and what a [Mode] means is the proxy's business: it is a
// forwarding decision, only its value lives here. Bodies must come decoded of
// their content coding (package expectations/content): nothing is unzipped
// here.
//
// # Design
//
// Where MockServer's own code and its documentation part ways, or its rule
// serves nobody, we differ:
//
//   - Java's regular expressions become Go's (RE2), which cannot be made to
//     hang. A text that clearly is one for Java and is none for RE2
//     (look-around, back-references, possessive quantifiers, Java's classes)
//     runs on a backtracking engine, for a quarter of a second per value at
//     most; one that takes longer does not match. What neither can run is
//     rejected ([PatternError]); a text that is none for either is literal.
//   - A name that must be absent asks for nothing else: it takes no pair of
//     the request from other conditions.
//   - In a template a parameter stands for one segment that is not empty.
//   - Wanted JSON array items are assigned to items of the body as a whole,
//     not one after another: [{},{"a":1}] agrees with [{"a":1},{}].
//   - Form and XML bodies are turned into JSON for JSON conditions by their
//     content type, unless they are JSON all the same: curl sends JSON as a
//     form by default.
//   - The names of header fields have no case in a [Template] either, a
//     JSONPath may have blanks and line breaks around it, text without a
//     charset is UTF-8, and functions that make nothing of their own ("xPath",
//     "scenario.get") print as nothing.
//
// A [Set] is a few immutable indexes of falling size, as in a log-structured
// merge tree: changes make a small new one and merge it into its like, so that
// neither one call with 50 000 expectations nor 50 000 calls with one cost the
// square, and readers need no lock.
package expectations
