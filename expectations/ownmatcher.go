package expectations

// Compile makes the condition of the expectation executable, as [Compile]
// does; the texts of a captured expectation are literal.
func (e *Expectation) Compile() (*Compiled, error) {
	if e.Origin == OriginCaptured {
		return compileLiteral(e.Request)
	}
	return Compile(e.Request)
}

// Explain lists why the request does not fulfil the expectation's condition,
// as [Compiled.Explain] does. It is empty for one whose condition can be
// fulfilled by no request, which no [Set] takes.
func (e *Expectation) Explain(req *Request) []Mismatch {
	c, err := e.Compile()
	if err != nil {
		return nil
	}
	return c.Explain(req)
}
