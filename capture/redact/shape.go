package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// isBase64URL reports whether c is of base64url's alphabet (RFC 4648 §5).
func isBase64URL(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '-' || c == '_'
}

func isDigits(v string) bool {
	for i := range len(v) {
		if !isDigit(v[i]) {
			return false
		}
	}
	return v != ""
}

// isUUID reports whether a text of 36 bytes is a UUID (RFC 9562 §4).
func isUUID(v string) bool {
	for i := range len(v) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if v[i] != '-' {
				return false
			}
		} else if !isHex(v[i]) {
			return false
		}
	}
	return true
}

// parseUUID reads what isUUID has checked.
func parseUUID(dst *[16]byte, v string) {
	digits := strings.ReplaceAll(v, "-", "")
	_, _ = hex.Decode(dst[:], []byte(digits)) // cannot fail: isUUID
}

// jwtEnd returns the end of the JSON Web Token (RFC 7519; three parts, five
// if encrypted, RFC 7516 §3.1) that begins at v[i], or i if none does.
func jwtEnd(v string, i int) int {
	// A header is a JSON object: {" is "eyJ", and with white space after the
	// brace it is "eyA", "ew0", "ewk", or "ewo".
	if len(v)-i < 12 || v[i] != 'e' || v[i+1] != 'y' && v[i+1] != 'w' {
		return i
	}
	end := i
	for end < len(v) && isBase64URL(v[end]) {
		end++
	}
	if end == len(v) || v[end] != '.' {
		return i
	}
	parts := jwtParts(v[i:end])
	if parts == 0 {
		return i
	}
	for n := 1; n < parts; n++ {
		if end == len(v) || v[end] != '.' {
			return i
		}
		start := end + 1
		for end = start; end < len(v) && isBase64URL(v[end]); {
			end++
		}
		// The signature of an unsecured JWT and the key of a directly
		// encrypted one are empty.
		if end == start && (parts == 3 && n == 1 || parts == 5 && n == 3) {
			return i
		}
	}
	return end
}

// jwtParts reads a header and returns the number of parts there must be, 0 if
// it is no header (RFC 7515 §4.1, RFC 7516 §4.1).
func jwtParts(head string) int {
	if len(head) > 8<<10 {
		return 0
	}
	decoded, err := base64.RawURLEncoding.DecodeString(head)
	switch {
	case err != nil:
		return 0
	case bytes.Contains(decoded, []byte(`"enc"`)):
		return 5
	case bytes.Contains(decoded, []byte(`"alg"`)), bytes.Contains(decoded, []byte(`"typ"`)):
		return 3
	default:
		return 0
	}
}

// luhn reports whether the last of the digits is the check digit of the
// others (ISO/IEC 7812-1 annex B).
func luhn(digits string) bool {
	return luhnSum(digits, 0)%10 == 0
}

// luhnDigit computes the check digit of the digits.
func luhnDigit(digits []byte) byte {
	return byte('0' + (10-luhnSum(string(digits), 1)%10)%10)
}

// luhnSum adds the digits, every second one doubled; odd is 1 if the check
// digit is still missing.
func luhnSum(digits string, odd int) int {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if (i+odd)%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum
}

// isCard reports whether digits are the number of a payment card: an issuer's
// prefix with a length it uses, and Luhn-valid. The prefix keeps most ids and
// all of today's time stamps, which are Luhn-valid one time in ten, from being
// taken for cards.
func isCard(digits string) bool {
	n := len(digits)
	if n < 13 || n > 19 {
		return false
	}
	p2 := int(digits[0]-'0')*10 + int(digits[1]-'0')
	p4 := p2*100 + int(digits[2]-'0')*10 + int(digits[3]-'0')
	known := false
	switch {
	case digits[0] == '4': // Visa
		known = n == 13 || n == 16 || n == 19
	case 51 <= p2 && p2 <= 55, 2221 <= p4 && p4 <= 2720: // Mastercard
		known = n == 16
	case p2 == 34 || p2 == 37: // American Express
		known = n == 15
	case p2 == 36 || p2 == 38 || p2 == 39 || 3000 <= p4 && p4 <= 3059 || p4 == 3095: // Diners Club
		known = n >= 14
	case 3528 <= p4 && p4 <= 3589: // JCB
		known = n >= 16
	case p4 == 6011 || p2 == 65 || 6440 <= p4 && p4 <= 6499: // Discover
		known = n >= 16
	case p2 == 62 || p2 == 81: // UnionPay
		known = n >= 16
	case p2 == 50 || 56 <= p2 && p2 <= 58 || p2 == 63 || p2 == 67: // Maestro
		known = true
	case p4 == 9000: // our own token
		known = n == digitsLen
	}
	return known && luhn(digits)
}
