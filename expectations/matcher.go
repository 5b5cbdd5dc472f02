package expectations

// A Text is a condition on one string: MockServer's "nottable string".
//
// The zero value matches anything. Otherwise a value matches when it equals
// Value ignoring case or when Value, as a regular expression over the whole
// value, matches it (MockServer RegexStringMatcher).
type Text struct {
	// Value is the literal or regular expression; "" matches anything.
	Value string
	// Not inverts the condition ("!v" on the wire).
	Not bool
	// Optional applies to names: the name may be absent ("?v" on the wire).
	Optional bool
	// Schema, if not "", is the text of a JSON schema that the value has to
	// fulfil, as a string or as the JSON it reads as; Value is "" then. Names
	// have none.
	Schema string
}

// A MatchStyle says how the values of a name are compared.
type MatchStyle string

const (
	// MatchSubset wants each pair of the matcher among the request's pairs.
	MatchSubset MatchStyle = "SUB_SET"
	// MatchingKey wants all request values of a name to match one of the
	// matcher's values for it.
	MatchingKey MatchStyle = "MATCHING_KEY"
)

// A MultiMatcher is a condition on named values: headers, query parameters,
// path parameters or form fields. The zero value matches anything.
type MultiMatcher struct {
	// Style is how values are compared; "" is [MatchSubset].
	Style MatchStyle
	// Entries are the conditions in the order written.
	Entries []NamedTexts
}

// NamedTexts is one entry of a [MultiMatcher]: a name and the values wanted.
// No values means that the name alone is wanted.
type NamedTexts struct {
	Name   Text
	Values []Text
	// Style divides the values of the request; "" leaves them whole.
	Style ParameterStyle
}

// A NamedText is a condition on one cookie.
type NamedText struct {
	Name  Text
	Value Text
	// Style divides the value in the request; "" leaves it whole.
	Style ParameterStyle
}

// A RequestMatcher is the condition of an [Expectation] and the filter of the
// retrieve, clear and verify calls. Fields left at their zero value match
// anything. A RequestMatcher is data; [Compile] makes it executable.
type RequestMatcher struct {
	// Not inverts the whole matcher.
	Not bool

	Method Text
	// Path matches the path without the query. With PathParameters its
	// "{name}" segments stand for any one segment.
	Path           Text
	PathParameters MultiMatcher
	Query          MultiMatcher
	Headers        MultiMatcher
	Cookies        []NamedText
	// Secure, KeepAlive: nil matches either.
	Secure    *bool
	KeepAlive *bool
	// Protocol is "", "HTTP_1_1" or "HTTP_2".
	Protocol string
	// SocketAddress is kept for printing; it is never matched (MockServer).
	SocketAddress *SocketAddress
	// Body is nil to match any body.
	Body *BodyMatcher
	// Contract, if not nil, has to accept the request too.
	Contract Contract
	// Any, if not empty, are alternatives, one of which has to accept the
	// request too.
	Any []*RequestMatcher
	// Definition, if not nil, is printed in place of everything else but Not,
	// which was made of it.
	Definition *Definition
}

// A SocketAddress names an upstream on the wire.
type SocketAddress struct {
	Host   string
	Port   int
	Scheme string // "HTTP" or "HTTPS"
}

// A BodyMatcher is a condition on the body.
type BodyMatcher struct {
	// Not inverts; Optional lets a request without a body pass.
	Not, Optional bool
	// ContentType is the content type written beside the body, if any. It is
	// printed back, and never matched.
	ContentType string
	// Kind is the condition itself, one of the Body… types of this package.
	Kind BodyKind
}
