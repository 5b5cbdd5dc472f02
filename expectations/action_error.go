package expectations

import "errors"

// Fail answers with something that is no HTTP, or not at all (MockServer
// httpError).
type Fail struct {
	// Drop closes the connection.
	Drop bool
	// Bytes are written on the connection first, as they are. HTTP/2 has no
	// place for them: there the stream is reset instead.
	Bytes []byte
	// Delay is waited before.
	Delay Delay
}

// Kind is "httpError".
func (*Fail) Kind() string { return "httpError" }

func (*Fail) isAction() {}

func (f *Fail) check() error {
	if f == nil {
		return errors.New("an httpError must say something")
	}
	return nil
}
