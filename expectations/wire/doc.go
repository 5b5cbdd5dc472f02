// Package wire is MockServer's JSON: it reads expectations, request matchers
// and verifications as MockServer 7 does, and prints them, and what was
// recorded, byte for byte as MockServer prints them.
//
// # Reading
//
// [DecodeExpectations], [DecodeRequestMatcher], [DecodeVerification] and
// [DecodeVerificationSequence] take JSON with the tolerances of MockServer's
// parser (see [jsondoc.ParseLenient]), accept every short form, and refuse
// what they do not know: a document is accepted as a whole or rejected as a
// whole, with a [*ValidationError] that names each place by its JSON path and
// prints as MockServer's 400 text. What MockServer knows and this version
// does not is refused by name, never ignored. A [Reader] takes definitions
// too, which name operations of an OpenAPI description, and has their
// conditions made by its [OpenAPILoader]; one that it cannot read is an
// [*OpenAPIError].
//
// # Printing
//
// [EncodeExpectations] and its siblings stream arrays in MockServer's
// canonical form: Jackson's layout, fixed key order, names of headers and
// parameters descending. What was accepted and is printed reads back as the
// same expectation. [EncodeRecorded] prints bodies in full, as MockServer does
// for recorded expectations.
//
// # Adding a kind
//
// An action, a kind of request body and a kind of response body is each one
// file and one row: in actions (action.go), bodyKinds (body.go) and
// answerKinds (answerbody.go).
//
// # What it is not for
//
// It matches nothing (package expectations does), keeps no state and knows no
// HTTP: status codes and headers are package proxy/admin's. Patterns are not
// compiled here; [expectations.Compile] is the judge of those.
//
// # Design
//
// Where MockServer's own printing loses something, this package prints
// another form that MockServer reads too: a literal leading "!" or "?" is
// printed as {"not":false,"value":"!x"} (in array form for names), and a JSON
// answer whose bytes differ from Jackson's printing carries them as rawBytes.
package wire
