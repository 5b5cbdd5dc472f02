package verifier

import (
	"fmt"
	"io"
	"strings"
)

// Annotate writes a workflow command of GitHub Actions for each interaction that
// failed, and for each contract without a verdict: an error, or a warning where
// failures do not count.
// (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands)
func Annotate(w io.Writer, suites []Suite) error {
	var b strings.Builder
	for _, s := range suites {
		if s.Err != nil {
			s.command(&b, "error", s.Name, s.Err.Error())
			continue
		}
		for _, it := range s.Result.Interactions {
			if it.Verified {
				continue
			}
			level := "error"
			if s.lets(it) {
				level = "warning"
			}
			p := problem(it)
			message := p.Text
			if message == "" {
				message = p.Message
			}
			s.command(&b, level, s.Name+": "+it.Description, message)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (s Suite) command(b *strings.Builder, level, title, message string) {
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	fmt.Fprintf(b, "::%s ", level)
	if s.File != "" {
		fmt.Fprintf(b, "file=%s,", property.Replace(s.File))
	}
	fmt.Fprintf(b, "title=%s::%s\n", property.Replace(title), data.Replace(message))
}
