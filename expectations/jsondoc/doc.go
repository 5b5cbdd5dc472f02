// Package jsondoc holds JSON documents (RFC 8259) that keep what a
// map[string]any loses: the order of keys, duplicate keys, and the text of
// numbers.
//
// [Parse] reads strictly and accepts exactly what encoding/json accepts, up
// to [MaxDepth] levels; [ParseLenient] also accepts what MockServer's parser
// does (comments, single quotes, bare names, trailing commas, …). A [Value]
// prints compactly, indented as json.MarshalIndent does, or byte for byte as
// Jackson's DefaultPrettyPrinter does, which MockServer's clients assert on.
//
// A parsed Value shares one copy of its input: strings without escapes are
// slices of it. Values are safe for concurrent reading.
//
// # What it is not for
//
// It is no codec for Go structs (encoding/json is), it knows no schema and no
// path language, and it does not read streams: a document is held whole, so
// callers bound their input first.
//
// # Design
//
// Invalid UTF-8 and lone surrogates become U+FFFD, as in encoding/json. The
// lenient NaN and infinities become strings: that is how Jackson prints them,
// and JSON has no other word for them.
package jsondoc
