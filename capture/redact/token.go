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
		s.foreign = s.foreign || shape.token() && !s.own(v, shape)
		return append(dst, maskString...), class
	case shape.token():
		s.foreign = s.foreign || !s.own(v, shape)
		return append(dst, v...), class
	}
	id := s.digest(v)
	switch shape {
	case shapeJWT:
		return s.appendJWT(dst, id), class
	case shapeUUID:
		return s.appendUUID(dst, id), class
	case shapeDigits:
		return s.appendDigits(dst, id), class
	default:
		return s.appendString(dst, id), class
	}
}

// number appends what stands for a secret JSON number.
func (s *scanner) number(dst []byte, text string) []byte {
	shape := shapeOf(text)
	switch {
	case s.mask:
		s.foreign = s.foreign || shape.token() && !s.own(text, shape)
		return append(dst, maskNumber...)
	case shape.token():
		s.foreign = s.foreign || !s.own(text, shape)
		return append(dst, text...)
	}
	return s.appendDigits(dst, s.digest(text))
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

// own reports whether a token was made under the scanner's key.
func (s *scanner) own(v string, h shape) bool {
	if s.r.seal == nil {
		return false
	}
	switch h {
	case shapeJWTToken:
		return s.ownString(jwtTokenPayload(v))
	case shapeStringToken:
		return s.ownString(v)
	case shapeUUIDToken:
		var u [16]byte
		parseUUID(&u, v)
		return string(u[12:]) == string(s.sealOf('u', u[4:12])[:4])
	case shapeDigitsToken:
		id := v[len(digitsPrefix) : len(digitsPrefix)+8]
		return v[12:15] == string(s.appendDigitSeal(s.buf[:0], []byte(id)))
	case shapeString, shapeUUID, shapeDigits, shapeJWT:
	}
	return false
}

func (s *scanner) ownString(v string) bool {
	block, err := base32Lower.DecodeString(v[len(stringPrefix):])
	if err != nil || len(block) != 16 {
		return false
	}
	s.r.seal.Decrypt(block, block)
	return string(block[10:]) == "\x00\x00\x00\x00\x00\x00"
}

func (s *scanner) appendString(dst []byte, id [16]byte) []byte {
	s.block = id
	clear(s.block[10:])
	s.r.seal.Encrypt(s.block[:], s.block[:])
	dst = append(dst, stringPrefix...)
	return base32Lower.AppendEncode(dst, s.block[:])
}

func (s *scanner) appendUUID(dst []byte, id [16]byte) []byte {
	u := [16]byte{0x5e, 0xc7, 0xe7, 0x00}
	copy(u[4:12], id[:])
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	copy(u[12:], s.sealOf('u', u[4:12]))
	for i, part := range [...][]byte{u[0:4], u[4:6], u[6:8], u[8:10], u[10:16]} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, part)
	}
	return dst
}

func (s *scanner) appendDigits(dst []byte, id [16]byte) []byte {
	n := binary.BigEndian.Uint64(id[:]) % 1e8
	start := len(dst)
	dst = append(dst, digitsPrefix...)
	dst = appendPadded(dst, n, 8)
	dst = s.appendDigitSeal(dst, dst[start+len(digitsPrefix):])
	return append(dst, luhnDigit(dst[start:]))
}

func (s *scanner) appendJWT(dst []byte, id [16]byte) []byte {
	s.buf = append(s.buf[:0], payloadHead...)
	s.buf = s.appendString(s.buf, id)
	s.buf = append(s.buf, payloadTail...)
	dst = append(dst, jwtHead...)
	dst = base64.RawURLEncoding.AppendEncode(dst, s.buf)
	dst = append(dst, '.')
	// A signature of the right length; nothing can verify it anyway.
	s.buf = append(s.buf[:0], s.sealOf('a', id[:8])...)
	s.buf = append(s.buf, s.sealOf('b', id[:8])...)
	return base64.RawURLEncoding.AppendEncode(dst, s.buf)
}

// sealOf is a keyed digest of 8 bytes, 16 bytes long and valid until the next
// call.
func (s *scanner) sealOf(kind byte, id []byte) []byte {
	clear(s.block[:])
	copy(s.block[:8], id)
	s.block[15] = kind
	s.r.seal.Encrypt(s.block[:], s.block[:])
	return s.block[:]
}

func (s *scanner) appendDigitSeal(dst, id []byte) []byte {
	return appendPadded(dst, binary.BigEndian.Uint64(s.sealOf('d', id))%1000, 3)
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
