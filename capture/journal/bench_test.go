package journal_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pactape/pactape/capture/journal"
)

func BenchmarkCommit(b *testing.B) {
	for _, records := range []int{1, 16} {
		b.Run(fmt.Sprintf("records=%d", records), func(b *testing.B) {
			j := open(b, b.TempDir(), journal.Options{MaxBytes: 256 << 20})
			text := []byte(`{"x":"` + strings.Repeat("x", 2000) + `"}`)
			b.SetBytes(int64(records * len(text)))
			b.ReportAllocs()
			for b.Loop() {
				batch, err := j.Begin()
				if err != nil {
					b.Fatal(err)
				}
				for range records {
					if _, err := batch.Append(func(dst []byte) []byte { return append(dst, text...) }); err != nil {
						b.Fatal(err)
					}
				}
				if err := batch.Commit(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
