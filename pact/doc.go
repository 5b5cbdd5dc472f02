// Package pact reads, writes, makes and judges Pact contracts
// (https://github.com/pact-foundation/pact-specification).
//
// A [Document] is a contract: [Parse] reads specification 1 to 4,
// [Document.Append] writes 3. [Export] makes one from active expectations,
// [Verify] holds one against them, [Merge] joins two. Package pact/verifier
// holds one against a live provider.
//
// # The matching engine
//
// One engine judges both directions: [CompileRequest] makes the condition a
// Pact mock server answers on, [CompileResponse] what a provider is held to.
// Both follow the reference implementation (pact_matching) where the
// specification leaves room; testdata/reference.txt holds its verdicts on some
// 5,800 cases, half of them made at random, and testdata/differences.txt names
// the few in which we differ and why. JSON, XML, forms, multipart bodies, text
// and bytes are compared under all rules of Pact V2, V3 and V4. A rule that is
// none of these (a plugin's), or whose expression no engine can compile, fails
// its interaction by name; it is never ignored. Expressions that RE2 lacks run
// on an engine that backtracks, for at most 250 ms a value. Rules of a request
// count where requests are matched; a verifier sends the example as it stands,
// save for generators ([Request.Generate]), which a stub applies to its answers
// ([Response.Generate]): in JSON, XML and forms, or on a body as a whole; one
// that can find no value in a body of its kind fails by name. A new matching rule is one file rule_name.go and one
// row in the table of rules.
//
// # Exported contracts
//
// What a user wrote is exported as written; a string counts as a regular
// expression only if it has a character class, a group, an alternation, an
// anchor, a class escape, ".*" or ".+". Expressions are anchored, spelt so that
// Java, Ruby and RE2 agree on them, and proved against an example of their
// own. What was recorded is literal. Places where recorded secrets were
// replaced get a type rule; a request header gets a [Placeholder] under an
// expression. Recorded redirects are left out: the official command line
// verifier follows them and so fails what is right. What cannot be said in
// Pact is left out and returned as [Skipped]. [ExportWriting] makes the same
// bytes without a [Document], in a third of the memory, for contracts that are
// only written.
//
// # Imported contracts
//
// [Import] makes expectations of a contract, one of each interaction. A [Stub]
// goes with each: it accepts what a Pact mock server would, and answers with
// the generators applied that are for mock servers. The expectation says
// beside it what MockServer has words for, method and path, which also finds
// it among many; of several that accept a request the most demanding is first,
// as in the official mock server. Printed, an expectation holds its contract as
// a Pact of one interaction, and [Revive] makes it live again; one that nobody
// has revived cannot be put. A changed answer is given, and exported, as it is
// written. Provider states keep an interaction from answering once somebody
// has said which are active, all of them and with their parameters; until then
// they are left aside, as mock servers do. [Export] gives interactions back as
// they were agreed, and [Verify] puts the provider into the states of each,
// for its own request alone. Nothing is redacted on the way in: a stub with a
// placeholder in its condition would not match any more.
//
// # What it is not for
//
// It sends no request and opens no file. It does not know MockServer's JSON
// (package expectations/wire) or where expectations are kept: it takes
// sequences of them and small interfaces.
//
// # Design
//
// Regular expressions of user-made expectations ignore case in MockServer;
// the exported rules do not say so, since dialects disagree on the flag.
package pact
