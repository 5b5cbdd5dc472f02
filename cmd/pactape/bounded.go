package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// A tooLargeError is about something that is read whole, and is larger than
// that is done for.
type tooLargeError struct {
	name  string
	limit int64 // bytes
}

// Error says how to mend it.
func (e *tooLargeError) Error() string {
	limit := byteSize(e.limit)
	return fmt.Sprintf("%s is larger than %s, the most that is read of one file: divide what it holds among several; a directory of them can be named in its place",
		e.name, &limit)
}

// readFileBounded reads a file of at most so many bytes, and not one more: a
// larger one is not begun, and what has no size, such as a pipe, is left where
// the limit is.
func readFileBounded(name string, limit int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	size := int64(0)
	if info.Mode().IsRegular() {
		size = info.Size()
	}
	return readBounded(file, name, size, limit)
}

// readBounded reads to the end, of which size is what is known beforehand.
func readBounded(from io.Reader, name string, size, limit int64) ([]byte, error) {
	if size > limit {
		return nil, &tooLargeError{name, limit}
	}
	var data bytes.Buffer
	data.Grow(int(size) + bytes.MinRead)
	n, err := data.ReadFrom(io.LimitReader(from, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", name, err)
	case n > limit:
		return nil, &tooLargeError{name, limit}
	}
	return data.Bytes(), nil
}
