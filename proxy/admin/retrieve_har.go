package admin

import (
	"io"

	"github.com/pactape/pactape/capture/har"
)

func (s *server) harOptions() har.Options {
	return har.Options{Version: s.Export.ToolVersion}
}

func (c *call) requestsHAR(w io.Writer, f filter) error {
	return har.WriteRequests(w, c.requests(f), c.harOptions())
}

func (c *call) requestResponsesHAR(w io.Writer, f filter) error {
	return har.WriteEntries(w, c.exchanges(f), c.harOptions())
}

func (c *call) recordedHAR(w io.Writer, f filter) error {
	return har.WriteExpectations(w, c.recorded(f), c.harOptions())
}

func (c *call) activeHAR(w io.Writer, f filter) error {
	return har.WriteExpectations(w, c.active(f), c.harOptions())
}
