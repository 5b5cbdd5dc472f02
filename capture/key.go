package capture

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// A Key identifies what makes two requests the same to a captured
// expectation: method, authority, path, query, significant headers and body.
// It is comparable; its text form is [Key.String].
type Key struct {
	// Hash digests everything but the authority.
	Hash [16]byte
	// Authority is the origin, as in expectations.Request but with the port
	// 443 where that is left out: http and https are two origins. Empty for a
	// request sent straight to pactape. It is beside the hash because an
	// empty one finds recordings of any authority, and the other way round.
	Authority string
	// Masked says that the hash leaves redacted places aside: their tokens
	// were made under another key, so that any value is as good.
	Masked bool
}

// String is the hash in hex, "~" before it for a masked key, "@" and the
// authority after it if there is one. [ParseKey] reads it.
func (k Key) String() string {
	return string(k.Append(make([]byte, 0, 2+2*len(k.Hash)+len(k.Authority))))
}

// Append appends [Key.String] to dst.
func (k Key) Append(dst []byte) []byte {
	if k.Masked {
		dst = append(dst, '~')
	}
	dst = hex.AppendEncode(dst, k.Hash[:])
	if k.Authority != "" {
		dst = append(dst, '@')
		dst = append(dst, k.Authority...)
	}
	return dst
}

// ParseKey reads what [Key.String] writes.
func ParseKey(text string) (Key, error) {
	var k Key
	digits, masked := strings.CutPrefix(text, "~")
	digits, authority, _ := strings.Cut(digits, "@")
	if len(digits) != 2*len(k.Hash) {
		return Key{}, fmt.Errorf("request key %q: want %d hex digits", text, 2*len(k.Hash))
	}
	if _, err := hex.Decode(k.Hash[:], []byte(digits)); err != nil {
		return Key{}, fmt.Errorf("request key %q: %w", text, err)
	}
	k.Masked, k.Authority = masked, authority
	return k, nil
}

// ID is the id of the captured expectation of k: a UUID of version 8 (RFC 9562
// §5.8), the same wherever and whenever the same request is recorded.
func (k Key) ID() uuid.UUID {
	h := sha256.New()
	h.Write(k.Hash[:])
	h.Write([]byte(k.Authority))
	var sum [sha256.Size]byte
	id := uuid.UUID(h.Sum(sum[:0])[:16])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}
