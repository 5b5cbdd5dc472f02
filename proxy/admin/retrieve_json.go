package admin

import (
	"io"

	"github.com/pactape/pactape/expectations/wire"
)

func (c *call) requestsJSON(w io.Writer, f filter) error {
	return wire.EncodeRequests(w, c.requests(f))
}

func (c *call) requestResponsesJSON(w io.Writer, f filter) error {
	return wire.EncodeRequestResponses(w, c.exchanges(f))
}

func (c *call) recordedJSON(w io.Writer, f filter) error {
	return wire.EncodeRecorded(w, c.recorded(f))
}

func (c *call) activeJSON(w io.Writer, f filter) error {
	return wire.EncodeExpectations(w, c.active(f))
}
