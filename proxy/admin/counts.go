package admin

import (
	"io"
	"maps"
	"slices"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// metricsJSON prints MockServer's counts, in its compact form; {} where there
// are none.
func (c *call) metricsJSON(w io.Writer, _ filter) error {
	all := jsondoc.Object()
	if c.Counts != nil && c.Settings.Get().MetricsEnabled {
		counts := c.Counts()
		for _, name := range slices.Sorted(maps.Keys(counts)) {
			all.Members = append(all.Members, jsondoc.M(name, jsondoc.Int(counts[name])))
		}
	}
	_, err := w.Write(all.AppendCompact(nil))
	return err
}
