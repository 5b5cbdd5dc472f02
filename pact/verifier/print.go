package verifier

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pactape/pactape/pact"
)

// Print writes a result for people, in plain text: the warnings, one line for
// each interaction, the differences of those that failed, and a last line that
// counts.
func Print(w io.Writer, doc *pact.Document, result *pact.Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Verifying the contract between %s and %s\n", doc.Consumer, doc.Provider)
	for _, warning := range result.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", warning)
	}
	b.WriteByte('\n')
	for _, it := range result.Interactions {
		printInteraction(&b, it)
	}
	total, failed := len(result.Interactions), result.Failed()
	if failed == 0 {
		fmt.Fprintf(&b, "\n%d of %d interaction(s) verified\n", total, total)
	} else {
		fmt.Fprintf(&b, "\n%d of %d interaction(s) failed\n", failed, total)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func printInteraction(b *strings.Builder, it pact.InteractionResult) {
	verdict := "ok    "
	if !it.Verified {
		verdict = "FAILED"
	}
	fmt.Fprintf(b, "  %s  %s", verdict, it.Description)
	if len(it.States) > 0 {
		fmt.Fprintf(b, " (given %s)", strings.Join(it.States, ", "))
	}
	if it.Duration > 0 {
		fmt.Fprintf(b, "  %s", it.Duration.Round(time.Millisecond))
	}
	b.WriteByte('\n')
	if it.Verified {
		return
	}
	if len(it.Mismatches) == 0 {
		fmt.Fprintf(b, "          %s\n", it.Reason)
	}
	for _, m := range it.Mismatches {
		fmt.Fprintf(b, "          %s: %s\n", m.Place(), m.Message)
	}
	for _, name := range it.NeededHeaders {
		fmt.Fprintf(b, "          header %s was sent as a placeholder: supply it with --header '%s: …'\n", name, name)
	}
}

// AppendJSON appends a result as JSON, indented by two spaces.
func AppendJSON(dst []byte, result *pact.Result) []byte {
	return append(result.JSON().AppendIndent(dst, "  "), '\n')
}
