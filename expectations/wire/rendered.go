package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// DecodeAnswer reads a document that is an httpResponse, as a template or a
// callback makes one. The error is a [*ValidationError].
func DecodeAnswer(data []byte) (*expectations.Answer, error) {
	return decodeRendered(data, "response", decodeAnswer)
}

// DecodeOutgoing reads a document that is an httpRequest to send, as a template
// or a callback makes one. The error is a [*ValidationError].
func DecodeOutgoing(data []byte) (*expectations.Outgoing, error) {
	return decodeRendered(data, "request", decodeOutgoing)
}

func decodeRendered[T any](data []byte, what string, decode func(*decoder, jsondoc.Value) *T) (*T, error) {
	doc, err := jsondoc.ParseLenient(data)
	if err != nil {
		return nil, unparseable(err)
	}
	d := &decoder{}
	made := decode(d, doc)
	if len(d.problems) > 0 {
		return nil, invalid(what, doc, d.problems)
	}
	return made, nil
}
