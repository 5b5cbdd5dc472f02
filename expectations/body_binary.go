package expectations

import (
	"bytes"
	"fmt"
)

// BinaryBody wants the body to equal Bytes: as it was sent, or decoded of its
// content coding, whichever of the two the request holds.
type BinaryBody struct {
	Bytes []byte
}

// Type is "BINARY".
func (BinaryBody) Type() string { return "BINARY" }

func (b BinaryBody) compile() (bodyTest, error) { return binaryTest(b), nil }

func (b BinaryBody) equal(other BodyKind) bool {
	o, ok := other.(BinaryBody)
	return ok && bytes.Equal(b.Bytes, o.Bytes)
}

func (b BinaryBody) sample() ([]byte, bool) { return b.Bytes, true }

type binaryTest BinaryBody

func (t binaryTest) test(b *bodyView) bool {
	return !b.content.Truncated && bytes.Equal(b.content.Bytes, t.Bytes)
}

func (t binaryTest) want() string { return fmt.Sprintf("%d bytes", len(t.Bytes)) }
