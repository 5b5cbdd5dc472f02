// Package clientcode prints expectations as programs that make them, in the
// languages that MockServer has clients for.
//
// The texts are those of MockServer 7 where its own say what an
// expectation is: what was recorded is pasted into a test and goes on from
// there. Where they would say something else, or not compile, ours differ:
//
//   - an inverted method, path, body or request keeps its not;
//   - path parameters, optional bodies, bodies of files and a path's schema are
//     printed, not dropped;
//   - texts with a backslash are raw strings in Python and Ruby, where they
//     would be read as escapes;
//   - the second expectation in Go does not declare its variable again.
//
// As in MockServer, what Java's client has no short word for is left out of
// Java (callbacks, fallbacks, before and after actions); the other languages
// have the whole expectation, as JSON.
//
// It is not for printing expectations as JSON (package wire).
package clientcode
