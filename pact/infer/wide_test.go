package infer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pactape/pactape/pact/infer"
)

// TestWideDocuments: of very many leaves all are asserted. It takes a second,
// and half a minute where each place looks at all rules.
func TestWideDocuments(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteByte('{')
	for i := range 20 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"group%d":{"id":1`, i)
		for j := range 100 {
			fmt.Fprintf(&b, `,"name%d":"v%d"`, j, j)
		}
		b.WriteByte('}')
	}
	b.WriteByte('}')
	_, report := inferred(t, answers(b.String(), b.String(), b.String()), infer.Options{})
	if report.Asserted != 2020 || report.Total != 2020 {
		t.Errorf("%d of %d leaves asserted", report.Asserted, report.Total)
	}
}
