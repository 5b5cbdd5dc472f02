package main

import (
	"fmt"
	"strconv"

	"github.com/dustin/go-humanize"
)

// byteSize is a flag value in bytes that is written with a unit: 10MiB.
type byteSize int64

func (b *byteSize) Set(s string) error {
	n, err := humanize.ParseBytes(s)
	if err != nil || n > 1<<62 {
		return fmt.Errorf("%q is not a size; write a number of bytes, or a number with KiB, MiB or GiB", s)
	}
	*b = byteSize(n)
	return nil
}

func (b *byteSize) String() string {
	if *b == 0 {
		return "0"
	}
	if *b%1024 == 0 {
		return humanize.IBytes(uint64(*b))
	}
	return strconv.FormatInt(int64(*b), 10)
}

// Type is shown in the help.
func (*byteSize) Type() string { return "size" }
