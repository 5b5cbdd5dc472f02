// Package jsonpath finds values in JSON documents by JSONPath, in the dialect
// of Jayway JsonPath, which is MockServer's, and in that of RFC 9535 where the
// two do not collide.
//
// [Compile] reads an expression once; a [Path] then looks at many documents:
//
//	$.store.book[?(@.price < 10 && @.isbn)].title
//	$..book[?(@.author =~ /.*rees/i)]
//	$.items.length()
//
// # What there is
//
// A filter chooses among the items of an array; of an object, it chooses that
// or nothing (Jayway), where RFC 9535 would ask its members.
//
// Names (.a, ['a'], ["a"], several of them), wildcards, indexes (from the end
// too, several of them), slices, ".." and filters, nested at will. A path that
// does not begin with "$" begins below it (Jayway).
//
// Filters compare with == != < <= > >= (and === !==), =~ /regex/flags, in, nin,
// subsetof, anyof, noneof, contains, size and empty, ask for existence, and
// combine with && || ! and parentheses. A regular expression matches a string
// as a whole.
//
// Functions at the end of a path are length(), size(), count(), min(), max(),
// avg(), sum(), keys(), first(), last() and index(n); in filters also RFC
// 9535's length(…), count(…), value(…), match(…) and search(…). Others are
// refused by name.
//
// # What it is not for
//
// It changes no documents, and yields no normalised paths (RFC 9535 §2.7).
//
// # Design
//
// There are libraries for RFC 9535, but expectations are written for Jayway,
// whose operators and functions those refuse. What a path may cost is bounded:
// beyond a number of visited values it finds nothing, since "$..*..*" and its
// like grow with a power of the document.
package jsonpath
