package expectations

import "errors"

// Callback has a program that is connected to us decide (MockServer
// httpResponseObjectCallback and httpForwardObjectCallback).
type Callback struct {
	// Client is the id under which the program is connected. It is not empty.
	Client string
	// Forward has the program say what request is sent to a server in place
	// of the one received; else it says what is answered.
	Forward bool
	// Amend has it say, of a forwarded request, what is answered in place of
	// the server's answer.
	Amend bool
	// Delay is waited before the program is asked.
	Delay Delay
}

// Kind is "httpForwardObjectCallback" or "httpResponseObjectCallback".
func (c *Callback) Kind() string {
	if c.Forward {
		return "httpForwardObjectCallback"
	}
	return "httpResponseObjectCallback"
}

func (*Callback) isAction() {}

func (c *Callback) check() error {
	if c == nil || c.Client == "" {
		return errors.New("an object callback needs the id of its client")
	}
	return nil
}
