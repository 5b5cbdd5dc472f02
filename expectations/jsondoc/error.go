package jsondoc

import (
	"errors"
	"fmt"
)

// MaxDepth is the deepest nesting of arrays and objects that is read. Deeper
// documents are an error that wraps [ErrDepth].
const MaxDepth = 512

// ErrDepth is wrapped by the error of a document nested deeper than
// [MaxDepth].
var ErrDepth = errors.New("nested too deeply")

// A SyntaxError says where a document is not JSON.
type SyntaxError struct {
	// Offset counts bytes from 0.
	Offset int
	// Line and Column count from 1; columns count bytes.
	Line, Column int
	// Message says what is wrong, e.g. "unexpected character '}'".
	Message string
	// Err is [ErrDepth], or nil.
	Err error
}

// Error is the message with line and column.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// Unwrap returns Err.
func (e *SyntaxError) Unwrap() error { return e.Err }
