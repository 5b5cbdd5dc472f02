package expectations

// A BodyKind is one kind of condition on a body: [StringBody], [RegexBody],
// [JSONBody], [JSONSchemaBody], [JSONPathBody],
// [XMLBody], [XPathBody], [GraphQLBody], [BinaryBody] or [ParametersBody]. The set is closed: each kind
// is one file body_x.go and one row of the table behind [BodyTypes].
type BodyKind interface {
	// Type is MockServer's name of the kind, e.g. "STRING".
	Type() string
	// compile makes the condition executable, once, on insertion. The error
	// is a [*PatternError].
	compile() (bodyTest, error)
	// equal reports whether other is the same condition.
	equal(other BodyKind) bool
	// sample returns the content the condition describes where it is a
	// literal one, for filters that are compared with stored conditions.
	sample() ([]byte, bool)
}

// A bodyTest is a compiled [BodyKind].
type bodyTest interface {
	// test says whether the body fulfils the condition. It must not panic on
	// any content.
	test(b *bodyView) bool
	// want says in a few words what was wanted, for [Compiled.Explain].
	want() string
}

// A reasoner is a [bodyTest] that can say why a body fails it.
type reasoner interface {
	reason(b *bodyView) string
}

// bodyKinds has one row for each kind.
func bodyKinds() []BodyKind {
	return []BodyKind{
		BinaryBody{},
		GraphQLBody{},
		JSONBody{},
		JSONPathBody{},
		JSONSchemaBody{},
		ParametersBody{},
		RegexBody{},
		StringBody{},
		XMLBody{},
		XPathBody{},
	}
}

// BodyTypes lists MockServer's names of the body kinds there are, in
// alphabetical order.
func BodyTypes() []string {
	kinds := bodyKinds()
	types := make([]string, len(kinds))
	for i, kind := range kinds {
		types[i] = kind.Type()
	}
	return types
}

// A bodyMatcher is a compiled [BodyMatcher].
type bodyMatcher struct {
	source *BodyMatcher
	test   bodyTest
}

func compileBody(m *BodyMatcher) (*bodyMatcher, error) {
	if m == nil || m.Kind == nil {
		return nil, nil
	}
	if s, ok := m.Kind.(StringBody); ok && s.Value == "" && !m.Not {
		return nil, nil // matches any
	}
	test, err := m.Kind.compile()
	if err != nil {
		return nil, err
	}
	return &bodyMatcher{source: m, test: test}, nil
}

func (m *bodyMatcher) match(b *bodyView) bool {
	if m.source.Optional && len(b.content.Bytes) == 0 && b.content.Size == 0 {
		return true
	}
	return m.test.test(b) != m.source.Not
}
