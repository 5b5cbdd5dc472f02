package redact

import "strings"

// A verdict says whether the value of a name is secret.
type verdict uint8

const (
	// open: the value is not secret by its name; it is still searched for
	// JWTs and card numbers.
	open verdict = iota
	// secretText: secret if it is text. A number is a count
	// ("tokens": 512, "max_token": 5).
	secretText
	// secret: whatever scalar it is, and each item of an array.
	secret
	// secretDeep: and everything in an object; for names the user gave.
	secretDeep
	// allowed: the user says that it is not to be touched, nor what is in it.
	allowed
)

// inherited is what a verdict on an object means for its members.
func (v verdict) inherited() verdict {
	if v >= secretDeep {
		return v
	}
	return open
}

// covers reports whether a value is secret.
func (v verdict) covers(value string) bool {
	return v == secret || v == secretDeep || v == secretText && !isDigits(value)
}

// A namePlace is where a name stands.
type namePlace uint8

const (
	inHeader namePlace = iota
	inQuery            // query parameters and form fields
	inJSON
)

// maxName is how much of a name is looked at, from its end.
const maxName = 64

// words are the words of a name in lower case, without separators: "apiKey",
// "API-Key" and "api_key" are all "api", "key".
type words struct {
	buf [maxName]byte
	// bounds are the ends of the words in buf.
	bounds [maxName]uint8
	n      int
}

func (w *words) size() int {
	if w.n == 0 {
		return 0
	}
	return int(w.bounds[w.n-1])
}

// at returns the word i places from the end, 0 being the last; nil if there
// is none.
func (w *words) at(i int) []byte {
	if i >= w.n {
		return nil
	}
	i = w.n - 1 - i
	start := 0
	if i > 0 {
		start = int(w.bounds[i-1])
	}
	return w.buf[start:w.bounds[i]]
}

// joined is the name without separators, as user rules are compared.
func (w *words) joined() []byte { return w.buf[:w.size()] }

// split appends the words of name to w. Words are parted by anything but
// letters and digits, by a change to upper case (and before the last of
// several capitals: "APIKey"), and by a change between digits and letters.
func (w *words) split(name string) {
	if room := maxName - w.size(); len(name) > room {
		name = name[len(name)-room:]
	}
	size := w.size()
	var previous byte
	for i := range len(name) {
		c := name[i]
		letter := isLetter(c)
		if !letter && !isDigit(c) && c < 0x80 {
			previous = 0
			continue
		}
		if previous == 0 || parts(previous, c, name[i:]) {
			w.bounds[w.n] = uint8(size)
			w.n++
		}
		previous = c
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		w.buf[size] = c
		size++
		w.bounds[w.n-1] = uint8(size)
	}
}

// parts reports whether a new word begins with c, the first byte of rest.
func parts(previous, c byte, rest string) bool {
	upper := 'A' <= c && c <= 'Z'
	switch {
	case isDigit(c) != isDigit(previous):
		return true
	case !upper:
		return false
	case 'A' <= previous && previous <= 'Z':
		return len(rest) > 1 && 'a' <= rest[1] && rest[1] <= 'z'
	default:
		return true
	}
}

// classify judges a name by its last words: the head of an English compound
// comes last, so that "access_token" is a token and "token_type" is a type.
func (w *words) classify(place namePlace) verdict {
	w.trim()
	if w.n == 0 {
		return open
	}
	v := singleWord(w.at(0), place)
	if v == open {
		v = w.compound()
	}
	if v == secret && w.counts() {
		return secretText
	}
	return v
}

// trim drops what comes behind the head: numbers ("password2") and words such
// as "value", as long as another word is left.
func (w *words) trim() {
	for w.n > 1 {
		last := w.at(0)
		if !isDigit(last[0]) {
			switch string(last) {
			case "value", "hash", "hashed", "plain", "plaintext", "raw", "encoded", "encrypted",
				"confirm", "confirmation", "confirmed", "again", "repeat", "repeated", "old", "new", "current":
			default:
				return
			}
		}
		w.n--
	}
}

// counts reports whether the name speaks of a quantity.
func (w *words) counts() bool {
	for i := 1; i < w.n; i++ {
		switch string(w.at(i)) {
		case "max", "min", "num", "number", "total", "count", "avg", "limit", "used", "remaining", "per":
			return true
		}
	}
	return false
}

func singleWord(word []byte, place namePlace) verdict {
	switch string(word) {
	case "password", "passwd", "pwd", "passphrase", "passcode", "secret", "token",
		"authorization", "jsessionid", "phpsessid", "sessionkey", "jwt", "bearer", "credential", "otp", "totp", "cvv", "cvc",
		"csrf", "xsrf", "apikey", "secretkey", "privatekey", "accesskey", "authkey":
		return secret
	case "passwords", "secrets", "tokens", "credentials", "apikeys":
		return secretText
	case "session", "sessionid", "sessid": // a number is that of a record
		return secretText
	case "pass", "sig", "signature", "auth":
		if place == inQuery {
			return secretText
		}
		return open
	}
	// "accesstoken", "clientsecret", "userpassword": no ordinary word ends so.
	for _, suffix := range [...]string{"token", "secret", "password", "passwd", "apikey"} {
		if len(word) > len(suffix) && string(word[len(word)-len(suffix):]) == suffix {
			return secret
		}
	}
	return open
}

// compound judges names whose last word says nothing alone.
func (w *words) compound() verdict {
	before := w.at(1)
	if before == nil {
		return open
	}
	switch string(w.at(0)) {
	case "key":
		return keyOf(before)
	case "keys":
		if keyOf(before) == secret {
			return secretText
		}
	case "id":
		switch {
		case string(before) == "session":
			return secretText
		case string(before) == "secret", string(before) == "key" && string(w.at(2)) == "access":
			return secret
		}
	case "code":
		if string(before) == "authorization" || string(before) == "security" {
			return secret
		}
	case "verifier":
		if string(before) == "code" {
			return secret
		}
	case "assertion":
		if string(before) == "client" {
			return secret
		}
	case "access", "refresh":
		if string(before) == "token" || string(before) == "tokens" {
			return secret
		}
	}
	return open
}

// keyOf judges the word before "key".
func keyOf(word []byte) verdict {
	switch string(word) {
	case "api", "access", "secret", "private", "signing", "encryption", "subscription",
		"function", "functions", "auth", "account", "shared", "master", "session":
		return secret
	}
	return open
}

// nested reports whether name says something only together with the name of
// the object it is in: {"session": {"id": …}}.
func nested(name string) bool {
	if len(name) > len("refresh") {
		return false
	}
	switch strings.ToLower(name) {
	case "id", "key", "value", "code", "raw", "hash", "access", "refresh", "plain":
		return true
	}
	return false
}
