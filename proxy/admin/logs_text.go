package admin

import (
	"bufio"
	"io"
	"strings"
)

// betweenLogs stands between events; MockServer's clients split at it.
var betweenLogs = "\n" + strings.Repeat("-", 36) + "\n"

// logsText prints the account of events, or of those of one request.
func (c *call) logsText(w io.Writer, f filter) error {
	out := bufio.NewWriterSize(w, 32<<10)
	only, first := c.query.Get("correlationId"), true
	for e := range c.events(f) {
		if only != "" && e.correlation != only {
			continue
		}
		if !first {
			_, _ = out.WriteString(betweenLogs) // Flush has the error
		}
		first = false
		_, _ = out.WriteString(e.line())
	}
	_, _ = out.WriteString("\n")
	return out.Flush()
}
