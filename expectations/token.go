package expectations

import "regexp"

// Recorded secrets are replaced by tokens that are made under a key (package
// capture/redact) and therefore differ from machine to machine, and from run
// to run where the secret does. Where that is unwanted, as in a contract that
// is committed, a fixed token of the same kind stands for all of them. It is
// recognised as a token of another key, which matches any.
const (
	// PlaceholderText stands for a secret without a form of its own.
	PlaceholderText = "redacted_aaaaaaaaaaaaaaaaaaaaaaaaaa"
	// PlaceholderUUID stands for a UUID (RFC 9562 version 8).
	PlaceholderUUID = "5ec7e700-0000-8000-8000-000000000000"
	// PlaceholderDigits stands for a number; its last digit is a check digit.
	PlaceholderDigits = "9000000000000001"
	// PlaceholderJWT stands for a JSON Web Token (RFC 7519).
	PlaceholderJWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." +
		"eyJyZWRhY3RlZCI6InJlZGFjdGVkX2FhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhIn0." +
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

// The kinds of tokens as they stand in text. That of a number is nothing but
// digits, and is only to be looked for where one is known to be.
var (
	textToken   = regexp.MustCompile(`redacted_[a-z2-7]{26}`)
	uuidToken   = regexp.MustCompile(`5ec7e700-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
	jwtToken    = regexp.MustCompile(`eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\.eyJyZWRhY3RlZCI6InJlZGFjdGVkX[A-Za-z0-9_-]{47}\.[A-Za-z0-9_-]{43}`)
	digitsToken = regexp.MustCompile(`\b9000[0-9]{12}\b`)
)

// NeutralTokens returns text with every token replaced by the placeholder of
// its kind; with digits, those of numbers too. What holds no token comes back
// as it is, not copied.
func NeutralTokens(text []byte, digits bool) []byte {
	for _, kind := range []struct {
		pattern     *regexp.Regexp
		placeholder string
		wanted      bool
	}{
		{textToken, PlaceholderText, true},
		{uuidToken, PlaceholderUUID, true},
		{jwtToken, PlaceholderJWT, true},
		{digitsToken, PlaceholderDigits, digits},
	} {
		if kind.wanted && kind.pattern.Match(text) {
			text = kind.pattern.ReplaceAllLiteral(text, []byte(kind.placeholder))
		}
	}
	return text
}
