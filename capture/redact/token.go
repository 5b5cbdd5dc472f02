package redact

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// The classes of [expectations.Redaction].
const (
	classBearer = "bearer"
	classBasic  = "basic"
	classJWT    = "jwt"
	classCookie = "cookie"
	classString = "string"
	classNumber = "number"
	classCard   = "card"
)

// Each token holds an identity, which is a keyed digest of the secret, and a
// seal, which tells a token of this key from one of another. It is recognised
// by its shape alone, under any key, so that redacting a token changes
// nothing even where the recording came from another machine.
const (
	// stringPrefix begins the token of a secret that has no shape of its
	// own. The rest is one AES block in base32: 10 bytes of identity and 6
	// zero bytes.
	stringPrefix = "redacted_"
	stringLen    = len(stringPrefix) + 26
	// uuidPrefix begins the token of a UUID, itself one of version 8 (RFC
	// 9562 §5.8): 6 bytes of identity, 4 of seal.
	uuidPrefix = "5ec7e700-"
	// digitsPrefix begins the token of a number: 8 digits of identity, 3 of
	// seal and a Luhn check digit. No card issuer has this prefix, and the
	// number is below 2^53.
	digitsPrefix = "9000"
	digitsLen    = 16
	// jwtHead begins the token of a JWT: {"alg":"HS256","typ":"JWT"}.
	jwtHead = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
	// Its payload is a string token between these.
	payloadHead = `{"redacted":"`
	payloadTail = `"}`
	jwtLen      = len(jwtHead) + 67 + 1 + 43

	// What [Redactor.Mask] puts.
	maskString = "*"
	maskNumber = "0"
)

var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// secret appends what stands for a secret without structure, and says what
// the secret looked like.
func (s *scanner) secret(dst []byte, v string) (out []byte, class string) {
	shape := shapeOf(v)
	class = shape.class()
	switch {
	case v == "":
		return dst, class
	case s.mask:
		s.foreign = s.foreign || shape.token() && !s.r.own(v, shape)
		return append(dst, maskString...), class
	case shape.token():
		s.foreign = s.foreign || !s.r.own(v, shape)
		return append(dst, v...), class
	}
	id := s.digest(v)
	switch shape {
	case shapeJWT:
		return s.r.appendJWT(dst, id), class
	case shapeUUID:
		return s.r.appendUUID(dst, id), class
	case shapeDigits:
		return s.r.appendDigits(dst, id), class
	default:
		return s.r.appendString(dst, id), class
	}
}

// number appends what stands for a secret JSON number.
func (s *scanner) number(dst []byte, text string) []byte {
	shape := shapeOf(text)
	switch {
	case s.mask:
		s.foreign = s.foreign || shape.token() && !s.r.own(text, shape)
		return append(dst, maskNumber...)
	case shape.token():
		s.foreign = s.foreign || !s.r.own(text, shape)
		return append(dst, text...)
	}
	return s.r.appendDigits(dst, s.digest(text))
}

// digest is the keyed identity of a secret.
func (s *scanner) digest(v string) (id [16]byte) {
	s.mac.Reset()
	s.buf = append(s.buf[:0], v...)
	s.mac.Write(s.buf)
	s.buf = s.mac.Sum(s.buf[:0])
	copy(id[:], s.buf)
	return id
}

// A shape is what a value looks like.
type shape uint8

const (
	shapeString shape = iota
	shapeUUID
	shapeDigits
	shapeJWT
	shapeStringToken
	shapeUUIDToken
	shapeDigitsToken
	shapeJWTToken
)

func (h shape) token() bool { return h >= shapeStringToken }

func (h shape) class() string {
	switch h {
	case shapeJWT, shapeJWTToken:
		return classJWT
	case shapeDigits, shapeDigitsToken:
		return classNumber
	case shapeString, shapeUUID, shapeStringToken, shapeUUIDToken:
	}
	return classString
}

func shapeOf(v string) shape {
	switch {
	case v == "":
		return shapeString
	case isDigits(v):
		if len(v) == digitsLen && strings.HasPrefix(v, digitsPrefix) && luhn(v) {
			return shapeDigitsToken
		}
		return shapeDigits
	case len(v) == 36 && isUUID(v):
		if strings.HasPrefix(v, uuidPrefix) && v[14] == '8' {
			return shapeUUIDToken
		}
		return shapeUUID
	case len(v) == stringLen && isStringToken(v):
		return shapeStringToken
	case v[0] == 'e' && jwtEnd(v, 0) == len(v):
		if len(v) == jwtLen && jwtTokenPayload(v) != "" {
			return shapeJWTToken
		}
		return shapeJWT
	default:
		return shapeString
	}
}

func isStringToken(v string) bool {
	if len(v) != stringLen || !strings.HasPrefix(v, stringPrefix) {
		return false
	}
	for i := len(stringPrefix); i < len(v); i++ {
		if c := v[i]; (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}

// jwtTokenPayload returns the string token within the token of a JWT, "" if v
// is none.
func jwtTokenPayload(v string) string {
	if len(v) != jwtLen || !strings.HasPrefix(v, jwtHead) || v[jwtLen-44] != '.' {
		return ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(v[len(jwtHead) : jwtLen-44])
	if err != nil {
		return ""
	}
	inner, ok := strings.CutPrefix(string(payload), payloadHead)
	inner, end := strings.CutSuffix(inner, payloadTail)
	if !ok || !end || !isStringToken(inner) {
		return ""
	}
	return inner
}

// own reports whether a token was made under r's key.
func (r *Redactor) own(v string, h shape) bool {
	if r.seal == nil {
		return false
	}
	switch h {
	case shapeJWTToken:
		return r.ownString(jwtTokenPayload(v))
	case shapeStringToken:
		return r.ownString(v)
	case shapeUUIDToken:
		var u [16]byte
		parseUUID(&u, v)
		return binary.BigEndian.Uint32(u[12:]) == binary.BigEndian.Uint32(r.sealOf('u', u[4:12]))
	case shapeDigitsToken:
		id := v[len(digitsPrefix) : len(digitsPrefix)+8]
		return v[12:15] == r.digitSeal(id)
	case shapeString, shapeUUID, shapeDigits, shapeJWT:
	}
	return false
}

func (r *Redactor) ownString(v string) bool {
	block, err := base32Lower.DecodeString(v[len(stringPrefix):])
	if err != nil || len(block) != 16 {
		return false
	}
	r.seal.Decrypt(block, block)
	return string(block[10:]) == "\x00\x00\x00\x00\x00\x00"
}

func (r *Redactor) appendString(dst []byte, id [16]byte) []byte {
	clear(id[10:])
	r.seal.Encrypt(id[:], id[:])
	dst = append(dst, stringPrefix...)
	return base32Lower.AppendEncode(dst, id[:])
}

func (r *Redactor) appendUUID(dst []byte, id [16]byte) []byte {
	u := [16]byte{0x5e, 0xc7, 0xe7, 0x00}
	copy(u[4:12], id[:])
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	copy(u[12:], r.sealOf('u', u[4:12]))
	for i, part := range [...][]byte{u[0:4], u[4:6], u[6:8], u[8:10], u[10:16]} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, part)
	}
	return dst
}

func (r *Redactor) appendDigits(dst []byte, id [16]byte) []byte {
	n := binary.BigEndian.Uint64(id[:]) % 1e8
	start := len(dst)
	dst = append(dst, digitsPrefix...)
	dst = appendPadded(dst, n, 8)
	dst = append(dst, r.digitSeal(string(dst[start+len(digitsPrefix):]))...)
	return append(dst, luhnDigit(dst[start:]))
}

func (r *Redactor) appendJWT(dst []byte, id [16]byte) []byte {
	payload := append(make([]byte, 0, 50), payloadHead...)
	payload = r.appendString(payload, id)
	payload = append(payload, payloadTail...)
	dst = append(dst, jwtHead...)
	dst = base64.RawURLEncoding.AppendEncode(dst, payload)
	dst = append(dst, '.')
	// A signature of the right length; nothing can verify it anyway.
	sum := append(r.sealOf('a', id[:8]), r.sealOf('b', id[:8])...)
	return base64.RawURLEncoding.AppendEncode(dst, sum)
}

// sealOf is a keyed digest of 8 bytes, 16 bytes long.
func (r *Redactor) sealOf(kind byte, id []byte) []byte {
	block := make([]byte, 16)
	copy(block, id[:8])
	block[15] = kind
	r.seal.Encrypt(block, block)
	return block
}

func (r *Redactor) digitSeal(id string) string {
	sum := binary.BigEndian.Uint64(r.sealOf('d', []byte(id)))
	return string(appendPadded(nil, sum%1000, 3))
}

// appendPadded appends n in decimal with leading zeros.
func appendPadded(dst []byte, n uint64, width int) []byte {
	start := len(dst)
	for range width {
		dst = append(dst, '0')
	}
	for i := len(dst) - 1; i >= start; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
	return dst
}
