package content

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"github.com/pactape/pactape/expectations"
)

const (
	// DefaultMax bounds what [Decode] gives out where no bound is given, in
	// bytes.
	DefaultMax int64 = 10 << 20

	// maxCodings bounds the length of a chain. Nobody applies more than two;
	// each further one is a cheap way to waste our time.
	maxCodings = 4

	// maxZstdWindow is the largest window a zstd content coding may ask for,
	// in bytes (RFC 9659 §3).
	maxZstdWindow = 8 << 20
)

// ErrUnknownCoding is wrapped by the error of [Decode] for a content coding
// that this package does not know.
var ErrUnknownCoding = errors.New("unknown content coding")

// ErrMalformed is wrapped by the error of [Decode] for a body that is not what
// its content coding says.
var ErrMalformed = errors.New("malformed content")

// decoders maps a content coding to its decoder. A decoder's Close gives its
// buffers back and never closes what it reads from.
var decoders = map[string]func(io.Reader) (io.ReadCloser, error){
	"gzip":    newGzip,
	"x-gzip":  newGzip, // RFC 9110 §8.4.1.3
	"deflate": newDeflate,
	"br":      newBrotli,
	"zstd":    newZstd,
}

// Supported says whether [Decode] knows every coding of a Content-Encoding
// value such as "gzip" or "deflate, br". It is true for "" and "identity".
func Supported(coding string) bool {
	_, err := split(coding)
	return err == nil
}

// Decode returns the body without its content coding: Encoded is false, Coding
// and Size stay as they were. A body that is not encoded is returned as it is.
//
// At most limit bytes are given out (0 or less: [DefaultMax]); where there is
// more, Truncated is set. Of a body that is itself truncated, what can be
// decoded is returned, and Truncated stays set.
//
// On error the body is returned unchanged. The error wraps [ErrUnknownCoding]
// or [ErrMalformed]. The bytes of b are not changed and not kept.
func Decode(b expectations.Body, limit int64) (expectations.Body, error) {
	if !b.Encoded {
		return b, nil
	}
	if limit <= 0 {
		limit = DefaultMax
	}
	codings, err := split(b.Coding)
	if err != nil {
		return b, err
	}
	out := b
	out.Encoded = false
	if len(b.Bytes) == 0 || len(codings) == 0 {
		return out, nil
	}
	data, more, err := inflate(b.Bytes, codings, limit)
	if b.Truncated && errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // nothing else can come of half a stream
	}
	if err != nil {
		return b, fmt.Errorf("decode %q: %w: %w", b.Coding, ErrMalformed, err)
	}
	out.Bytes = data
	out.Truncated = b.Truncated || more
	return out, nil
}

// split returns the codings of a Content-Encoding value in the order applied,
// in lower case and without "identity".
func split(coding string) ([]string, error) {
	if _, ok := decoders[coding]; ok { // the usual case
		return []string{coding}, nil
	}
	var list []string
	for c := range strings.SplitSeq(coding, ",") {
		c = strings.ToLower(strings.TrimSpace(c))
		if c == "" || c == "identity" {
			continue
		}
		if _, ok := decoders[c]; !ok {
			return nil, fmt.Errorf("%w %q", ErrUnknownCoding, c)
		}
		if list = append(list, c); len(list) > maxCodings {
			return nil, fmt.Errorf("%w: more than %d codings", ErrUnknownCoding, maxCodings)
		}
	}
	return list, nil
}

// inflate undoes the codings, last applied first (RFC 9110 §8.4). more says
// that the limit cut the output. With an error it returns what it had.
func inflate(data []byte, codings []string, limit int64) (out []byte, more bool, err error) {
	// Between stages a little more than the limit may flow: data that does
	// not compress grows when it is encoded.
	between := limit + limit/8 + 1<<10
	var stages []*io.LimitedReader
	in := bytes.NewReader(data)
	defer in.Reset(nil) // a pooled decoder may keep it, but not the data
	var src io.Reader = in
	for _, coding := range slices.Backward(codings) {
		dec, err := decoders[coding](src)
		if err != nil {
			return nil, false, unexpected(err)
		}
		defer dec.Close()
		stage := &io.LimitedReader{R: dec, N: between}
		stages = append(stages, stage)
		src = stage
	}
	last := stages[len(stages)-1]
	last.N = limit + 1

	var buf bytes.Buffer
	buf.Grow(int(min(limit, 4*int64(len(data))) + bytes.MinRead))
	_, err = buf.ReadFrom(last)
	out = buf.Bytes()
	if int64(len(out)) > limit {
		return out[:limit:limit], true, nil
	}
	for _, s := range stages {
		if s.N <= 0 { // an inner stage hit its bound
			return out, true, nil
		}
	}
	return out, false, unexpected(err)
}

// unexpected makes the end of the input within a stream the same error for
// every decoder.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// A pooled decoder goes back to its pool when it is closed. Decoders hold
// large windows; making one per message would dominate the cost.
type pooled[R io.Reader] struct {
	io.Reader
	dec  R
	pool *sync.Pool
}

func (p *pooled[R]) Close() error {
	p.pool.Put(p.dec)
	return nil
}

var (
	gzipPool   = sync.Pool{New: func() any { return new(gzip.Reader) }}
	brotliPool = sync.Pool{New: func() any { return brotli.NewReader(nil) }}
	flatePool  = sync.Pool{New: func() any { return flate.NewReader(nil) }}
	zstdPool   = sync.Pool{New: func() any {
		dec, err := zstd.NewReader(nil,
			zstd.WithDecoderConcurrency(1), // no goroutines: nothing to wait for
			zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxZstdWindow))
		if err != nil {
			panic("content: zstd options: " + err.Error()) // constants above
		}
		return dec
	}}
)

func newGzip(r io.Reader) (io.ReadCloser, error) {
	dec, _ := gzipPool.Get().(*gzip.Reader)
	if err := dec.Reset(r); err != nil {
		return nil, err
	}
	return &pooled[*gzip.Reader]{Reader: gzipBody{dec}, dec: dec, pool: &gzipPool}, nil
}

// gzipBody ends where the last whole member ends: bytes behind it that are no
// further member are padding, which user agents ignore.
type gzipBody struct{ *gzip.Reader }

func (g gzipBody) Read(p []byte) (int, error) {
	n, err := g.Reader.Read(p)
	if errors.Is(err, gzip.ErrHeader) {
		err = io.EOF
	}
	return n, err
}

// An inflater is what flate.NewReader returns.
type inflater interface {
	io.Reader
	flate.Resetter
}

// newDeflate reads "deflate" as RFC 9110 §8.4.1.2 defines it (zlib), and as
// some servers send it (raw deflate).
func newDeflate(r io.Reader) (io.ReadCloser, error) {
	br := bufio.NewReader(r)
	head, err := br.Peek(2)
	if err != nil {
		return nil, err
	}
	// RFC 1950 §2.2: method 8 and a header checksum of 31.
	if head[0]&0x0f == 8 && (uint(head[0])<<8|uint(head[1]))%31 == 0 {
		return zlib.NewReader(br)
	}
	dec, _ := flatePool.Get().(inflater)
	if err := dec.Reset(br, nil); err != nil {
		return nil, err
	}
	return &pooled[inflater]{Reader: dec, dec: dec, pool: &flatePool}, nil
}

func newBrotli(r io.Reader) (io.ReadCloser, error) {
	dec, _ := brotliPool.Get().(*brotli.Reader)
	if err := dec.Reset(r); err != nil {
		return nil, err
	}
	return &pooled[*brotli.Reader]{Reader: dec, dec: dec, pool: &brotliPool}, nil
}

func newZstd(r io.Reader) (io.ReadCloser, error) {
	dec, _ := zstdPool.Get().(*zstd.Decoder)
	if err := dec.Reset(r); err != nil {
		return nil, err
	}
	return &pooled[*zstd.Decoder]{Reader: dec, dec: dec, pool: &zstdPool}, nil
}
