package expectations

// Compile makes the condition of the expectation executable, as [Compile]
// does; the texts of a captured expectation are literal.
func (e *Expectation) Compile() (*Compiled, error) {
	if e.Origin == OriginCaptured {
		return compileLiteral(e.Request)
	}
	return Compile(e.Request)
}
