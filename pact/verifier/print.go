package verifier

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pactape/pactape/pact"
)

// A Printer writes results for people.
type Printer struct {
	// Color marks verdicts, and shows under each difference what was wanted
	// and what was got, by the escape sequences of terminals.
	Color bool
}

// Print writes a result in plain text: the warnings, one line for each
// interaction, the differences of those that failed, and a last line that
// counts.
func Print(w io.Writer, doc *pact.Document, result *pact.Result) error {
	return Printer{}.Print(w, doc, result)
}

// Print writes a result: the warnings, one line for each interaction, the
// differences of those that failed, and a last line that counts.
func (p Printer) Print(w io.Writer, doc *pact.Document, result *pact.Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Verifying the contract between %s and %s\n", printed(doc.Consumer), printed(doc.Provider))
	for _, warning := range result.Warnings {
		fmt.Fprintf(&b, "%s: %s\n", p.paint(yellow, "warning"), warning)
	}
	b.WriteByte('\n')
	for _, it := range result.Interactions {
		p.interaction(&b, it)
	}
	total, failed, pending := len(result.Interactions), 0, 0
	for _, it := range result.Interactions {
		switch {
		case it.Verified:
		case it.Pending:
			pending++
		default:
			failed++
		}
	}
	switch {
	case failed > 0:
		fmt.Fprintf(&b, "\n%s", p.paint(red, fmt.Sprintf("%d of %d interaction(s) failed", failed, total)))
	default:
		fmt.Fprintf(&b, "\n%s", p.paint(green, fmt.Sprintf("%d of %d interaction(s) verified", total-pending, total)))
	}
	if pending > 0 {
		fmt.Fprintf(&b, ", %s", p.paint(yellow, fmt.Sprintf("%d failed but pending", pending)))
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

func (p Printer) interaction(b *strings.Builder, it pact.InteractionResult) {
	verdict := p.paint(green, "ok    ") + " "
	switch {
	case it.Verified:
	case it.Pending:
		verdict = p.paint(yellow, "pending")
	default:
		verdict = p.paint(red, "FAILED") + " "
	}
	fmt.Fprintf(b, "  %s %s", verdict, printed(it.Description))
	if len(it.States) > 0 {
		fmt.Fprintf(b, " (given %s)", printed(strings.Join(it.States, ", ")))
	}
	if it.Duration > 0 {
		fmt.Fprintf(b, "  %s", p.paint(faint, it.Duration.Round(time.Millisecond).String()))
	}
	b.WriteByte('\n')
	if it.Verified {
		return
	}
	if len(it.Mismatches) == 0 {
		fmt.Fprintf(b, "          %s\n", printed(it.Reason))
	}
	for _, m := range it.Mismatches {
		p.mismatch(b, m)
	}
	for _, name := range it.NeededHeaders {
		fmt.Fprintf(b, "          header %s was sent as a placeholder: supply it with --header '%s: …'\n", name, name)
	}
}

func (p Printer) mismatch(b *strings.Builder, m pact.Mismatch) {
	fmt.Fprintf(b, "          %s: %s\n", p.paint(bold, printed(m.Place())), printed(m.Message))
	if !p.Color {
		return
	}
	for _, side := range [...]struct{ color, mark, text string }{{red, "-", m.Want}, {green, "+", m.Got}} {
		if side.text == "" {
			continue
		}
		for line := range strings.Lines(side.text) {
			fmt.Fprintf(b, "            %s\n", p.paint(side.color, side.mark+" "+printed(strings.TrimSuffix(line, "\n"))))
		}
	}
}

// The escape sequences of ECMA-48 that are used (select graphic rendition).
const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	bold   = "\x1b[1m"
	faint  = "\x1b[2m"
	plain  = "\x1b[0m"
)

func (p Printer) paint(color, text string) string {
	if !p.Color {
		return text
	}
	return color + text + plain
}

// printed is a text without control characters, which a terminal would obey.
func printed(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '?'
		}
		return r
	}, s)
}

// AppendJSON appends a result as JSON, indented by two spaces.
func AppendJSON(dst []byte, result *pact.Result) []byte {
	return append(result.JSON().AppendIndent(dst, "  "), '\n')
}
