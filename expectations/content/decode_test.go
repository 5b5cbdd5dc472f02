package content_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/content"
)

// encode applies one coding, or "raw" for deflate without its zlib frame.
func encode(t testing.TB, coding string, data []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	var w io.WriteCloser
	var err error
	switch coding {
	case "gzip", "x-gzip":
		w = gzip.NewWriter(&buf)
	case "deflate":
		w = zlib.NewWriter(&buf)
	case "raw":
		w, err = flate.NewWriter(&buf, flate.DefaultCompression)
	case "br":
		w = brotli.NewWriter(&buf)
	case "zstd":
		w, err = zstd.NewWriter(&buf)
	default:
		t.Fatalf("no encoder for %q", coding)
	}
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func encoded(coding string, data []byte) expectations.Body {
	return expectations.Body{Bytes: data, Coding: coding, Encoded: true, Size: int64(len(data))}
}

const text = `{"greeting":"hello, hello, hello","n":[1,2,3,1,2,3,1,2,3]}`

func TestDecode(t *testing.T) {
	t.Parallel()
	twoMembers := append(encode(t, "gzip", []byte(text[:10])), encode(t, "gzip", []byte(text[10:]))...)
	tests := []struct {
		name   string
		coding string
		data   []byte
	}{
		{"gzip", "gzip", encode(t, "gzip", []byte(text))},
		{"x-gzip", "x-gzip", encode(t, "gzip", []byte(text))},
		{"upper case", " GZIP ", encode(t, "gzip", []byte(text))},
		{"gzip of two members", "gzip", twoMembers},
		{"gzip with padding behind it", "gzip", append(encode(t, "gzip", []byte(text)), make([]byte, 20)...)},
		{"deflate as zlib", "deflate", encode(t, "deflate", []byte(text))},
		{"deflate raw", "deflate", encode(t, "raw", []byte(text))},
		{"br", "br", encode(t, "br", []byte(text))},
		{"zstd", "zstd", encode(t, "zstd", []byte(text))},
		{"identity", "identity", []byte(text)},
		{"none named", "", []byte(text)},
		{"chain", "gzip, br", encode(t, "br", encode(t, "gzip", []byte(text)))},
		{"chain of raw deflate", "deflate,zstd", encode(t, "zstd", encode(t, "raw", []byte(text)))},
		{"chain with identity", "gzip, identity, ", encode(t, "gzip", []byte(text))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := content.Decode(encoded(tt.coding, tt.data), 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			want := expectations.Body{Bytes: []byte(text), Coding: tt.coding, Size: int64(len(tt.data))}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("decoded body (-want +got):\n%s", d)
			}
		})
	}
}

func TestDecodeLeavesPlainBodyAlone(t *testing.T) {
	t.Parallel()
	// Coding tells how it was sent; the bytes are decoded already.
	want := expectations.Body{Bytes: []byte(text), Coding: "gzip", Size: 9}
	got, err := content.Decode(want, 3)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("body (-want +got):\n%s", d)
	}
}

// The answer to HEAD names a coding and has no content.
func TestDecodeEmpty(t *testing.T) {
	t.Parallel()
	for _, coding := range []string{"gzip", "deflate", "br", "zstd", "gzip, br"} {
		got, err := content.Decode(encoded(coding, nil), 0)
		if err != nil || got.Encoded || got.Truncated || len(got.Bytes) != 0 {
			t.Errorf("%s: got %+v, %v; want an empty decoded body", coding, got, err)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	whole := encode(t, "gzip", []byte(text))
	tests := []struct {
		name   string
		coding string
		data   []byte
		want   error
	}{
		{"unknown", "compress", []byte(text), content.ErrUnknownCoding},
		{"unknown in a chain", "gzip, aws-chunked", whole, content.ErrUnknownCoding},
		{"long chain", "gzip,gzip,gzip,gzip,gzip", whole, content.ErrUnknownCoding},
		{"not gzip", "gzip", []byte(text), content.ErrMalformed},
		{"not zstd", "zstd", []byte(text), content.ErrMalformed},
		{"not brotli", "br", []byte("\xff\xff\xff\xff"), content.ErrMalformed},
		{"not deflate", "deflate", []byte("\xff\xff\xff\xff"), content.ErrMalformed},
		{"one byte of deflate", "deflate", []byte("x"), content.ErrMalformed},
		{"cut short", "gzip", whole[:len(whole)-9], content.ErrMalformed},
		{"bad checksum", "gzip", append(whole[:len(whole)-8:len(whole)-8], "12345678"...), content.ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := encoded(tt.coding, tt.data)
			got, err := content.Decode(in, 0)
			if !errors.Is(err, tt.want) {
				t.Errorf("error %v, want one that wraps %v", err, tt.want)
			}
			if d := cmp.Diff(in, got); d != "" {
				t.Errorf("the body was changed (-want +got):\n%s", d)
			}
		})
	}
}

func TestDecodeTruncatedInput(t *testing.T) {
	t.Parallel()
	// Not compressible, so that half the input is about half the text.
	var long strings.Builder
	for i := range 20000 {
		long.WriteByte(byte('0' + i*i*7919%71))
	}
	for _, coding := range []string{"gzip", "deflate", "br", "zstd"} {
		in := encoded(coding, encode(t, coding, []byte(long.String())))
		in.Bytes = in.Bytes[:len(in.Bytes)-4]
		in.Truncated = true
		got, err := content.Decode(in, 0)
		if err != nil {
			t.Errorf("%s: %v", coding, err)
			continue
		}
		if !got.Truncated || got.Encoded {
			t.Errorf("%s: Truncated %v, Encoded %v; want true, false", coding, got.Truncated, got.Encoded)
		}
		if !strings.HasPrefix(long.String(), string(got.Bytes)) {
			t.Errorf("%s: what was decoded is not the beginning of the text", coding)
		}
	}
}

func TestDecodeLimit(t *testing.T) {
	t.Parallel()
	for _, coding := range []string{"gzip", "deflate", "br", "zstd"} {
		data := encode(t, coding, []byte(text))
		got, err := content.Decode(encoded(coding, data), int64(len(text)))
		if err != nil || got.Truncated {
			t.Errorf("%s: a body of just the limit: Truncated %v, %v", coding, got.Truncated, err)
		}
		got, err = content.Decode(encoded(coding, data), int64(len(text))-1)
		if err != nil || !got.Truncated || string(got.Bytes) != text[:len(text)-1] {
			t.Errorf("%s: a body one byte over the limit: %q, Truncated %v, %v", coding, got.Bytes, got.Truncated, err)
		}
	}
}

// A few kilobytes that inflate without end must cost neither its memory nor
// its time.
func TestDecodeBomb(t *testing.T) {
	t.Parallel()
	const limit = 64 << 10
	zeros := make([]byte, 4<<20)
	for _, coding := range []string{"gzip", "deflate", "br", "zstd"} {
		t.Run(coding, func(t *testing.T) {
			t.Parallel()
			once := encode(t, coding, zeros)
			for name, in := range map[string]expectations.Body{
				"once":  encoded(coding, once),
				"twice": encoded(coding+","+coding, encode(t, coding, once)),
			} {
				got, err := content.Decode(in, limit)
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if len(got.Bytes) != limit || !got.Truncated || cap(got.Bytes) > limit {
					t.Errorf("%s: %d bytes (cap %d), Truncated %v; want %d and true", name, len(got.Bytes), cap(got.Bytes), got.Truncated, limit)
				}
			}
		})
	}
}

// An inner stage without output of its own must not run for ever.
func TestDecodeInnerBomb(t *testing.T) {
	t.Parallel()
	const limit = 64 << 10
	empty := encode(t, "gzip", nil)
	in := encoded("gzip, gzip", encode(t, "gzip", bytes.Repeat(empty, 1<<15)))
	got, err := content.Decode(in, limit)
	if err != nil || !got.Truncated {
		t.Errorf("Truncated %v, %v; want a truncated body", got.Truncated, err)
	}
}

func TestDecodeConcurrently(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			want := bytes.Repeat([]byte{byte('a' + i)}, 10000+i)
			for _, coding := range []string{"gzip", "deflate", "raw", "br", "zstd"} {
				data := encode(t, coding, want)
				got, err := content.Decode(encoded(strings.Replace(coding, "raw", "deflate", 1), data), 0)
				if err != nil || !bytes.Equal(got.Bytes, want) {
					t.Errorf("%s: decoders shared between goroutines mix bodies: %v", coding, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestSupported(t *testing.T) {
	t.Parallel()
	for coding, want := range map[string]bool{
		"": true, "identity": true, "gzip": true, "GZip": true, "x-gzip": true, "deflate": true,
		"br": true, "zstd": true, "deflate, gzip": true, "compress": false, "gzip, dcb": false,
	} {
		if got := content.Supported(coding); got != want {
			t.Errorf("Supported(%q) = %v, want %v", coding, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, coding := range []string{"gzip", "deflate", "br", "zstd"} {
		f.Add(coding, encode(f, coding, []byte(text)), false)
		f.Add(coding+", "+coding, encode(f, coding, encode(f, coding, []byte(text))), false)
	}
	f.Add("deflate", encode(f, "raw", []byte(text)), true)
	f.Fuzz(func(t *testing.T, coding string, data []byte, truncated bool) {
		const limit = 4 << 10
		in := encoded(coding, bytes.Clone(data))
		in.Truncated = truncated
		got, err := content.Decode(in, limit)
		if !bytes.Equal(in.Bytes, data) {
			t.Fatal("the input was changed")
		}
		if err != nil {
			if d := cmp.Diff(in, got); d != "" {
				t.Fatalf("an error came with another body:\n%s", d)
			}
			return
		}
		if got.Encoded || (content.Supported(coding) && coding != "" && len(got.Bytes) > max(limit, len(data))) {
			t.Fatalf("%d bytes decoded, Encoded %v", len(got.Bytes), got.Encoded)
		}
		if truncated && !got.Truncated {
			t.Fatal("Truncated was lost")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	data := bytes.Repeat([]byte(text), 32) // 2 kB of JSON
	for _, coding := range []string{"gzip", "deflate", "br", "zstd"} {
		body := encoded(coding, encode(b, coding, data))
		b.Run(coding, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := content.Decode(body, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
