package clientcode

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
)

// Encode writes a program that makes the expectations, one after another, and
// holds no more than one of them. What seq yields an error for is left out, and
// the errors are returned joined once the program is complete.
func Encode(w io.Writer, l Language, seq iter.Seq2[*expectations.Expectation, error]) error {
	if l == Java {
		return encode(w, form{statement: nil}, seq, func(_ int, e *expectations.Expectation) string { return java(e) })
	}
	for _, f := range forms() {
		if f.language != l {
			continue
		}
		return encode(w, f, seq, func(n int, e *expectations.Expectation) string {
			return f.statement(n, string(wire.EncodeRecordedExpectation(nil, e)))
		})
	}
	return fmt.Errorf("there is no language %q", l)
}

func encode(w io.Writer, f form, seq iter.Seq2[*expectations.Expectation, error], statement func(int, *expectations.Expectation) string) error {
	if _, err := io.WriteString(w, f.head); err != nil {
		return err
	}
	var skipped []error
	n := 0
	for e, err := range seq {
		if err != nil {
			skipped = append(skipped, err)
			continue
		}
		for part := range wire.Ordered(e) {
			if _, err := io.WriteString(w, statement(n, part)); err != nil {
				return err
			}
			n++
		}
	}
	if _, err := io.WriteString(w, f.tail); err != nil {
		return err
	}
	return errors.Join(skipped...)
}
