package redact

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"

	"github.com/pactape/pactape/expectations"
)

// KeySize is the length of a redaction key, in bytes.
const KeySize = 32

// rulesVersion changes whenever the rules that always apply do.
const rulesVersion = "1"

// Options are the key and the rules of a [Redactor]. The rules add to those
// that always apply, which the package comment lists.
type Options struct {
	// Key makes the tokens, [KeySize] bytes; see [LoadKey].
	Key []byte
	// Headers are further header names whose values are secret.
	Headers []string
	// Query are further names of query parameters and form fields.
	Query []string
	// Fields are further names of JSON members, query parameters and form
	// fields, wherever they stand.
	Fields []string
	// JSONPaths are further places in JSON bodies, e.g. "$.user.pin" or
	// "$.cards[*].holder". A step is .name, ['name'], [n], [*] or .*.
	JSONPaths []string
	// Allow names what is never redacted, whatever else says it should be: a
	// header, cookie, parameter or member name, or a JSON path.
	Allow []string
}

// A Redactor replaces secrets by tokens. It is safe for concurrent use.
type Redactor struct {
	rules rules
	// source is the user's part of the rules, for the fingerprint.
	source [5][]string
	// mac keys the token's identity; nil for a redactor without a key.
	mac []byte
	// seal lets a token made under this key be told from any other.
	seal     cipher.Block
	scanners sync.Pool
}

// New makes a redactor. It fails for a key of the wrong length and for a JSON
// path it cannot read.
func New(o Options) (*Redactor, error) {
	if len(o.Key) != KeySize {
		return nil, fmt.Errorf("redaction key has %d bytes, want %d", len(o.Key), KeySize)
	}
	r, err := NewMask(o)
	if err != nil {
		return nil, err
	}
	r.mac = derive(o.Key, "pactape redaction token v1")
	if r.seal, err = aes.NewCipher(derive(o.Key, "pactape redaction seal v1")); err != nil {
		return nil, fmt.Errorf("redaction key: %w", err)
	}
	return r, nil
}

// NewMask makes a redactor that has no key (Options.Key is ignored): it knows
// where secrets stand, but cannot make tokens, so that [Redactor.Request] and
// [Redactor.Response] put the same placeholder for all of them, as
// [Redactor.Mask] does, and every token is foreign to it.
func NewMask(o Options) (*Redactor, error) {
	compiled, err := compileRules(o)
	if err != nil {
		return nil, err
	}
	return &Redactor{
		rules:  compiled,
		source: [5][]string{o.Headers, o.Query, o.Fields, o.JSONPaths, o.Allow},
	}, nil
}

// Fingerprint identifies the key and the rules, and gives neither away. What
// was redacted under another fingerprint may hold tokens of another key, or
// secrets that the rules of then did not cover.
func (r *Redactor) Fingerprint() string {
	m := hmac.New(sha256.New, r.mac)
	m.Write(fmt.Appendf(nil, "pactape redaction fingerprint %s %q", rulesVersion, r.source))
	return hex.EncodeToString(m.Sum(nil)[:8])
}

func derive(key []byte, label string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(label))
	return m.Sum(nil)
}

// Request returns req with its secrets replaced, and where they stood. Its
// body must have been decoded (expectations/content); one that still carries
// a coding we could undo is dropped, since what it holds cannot be seen.
//
// req is not changed. The same pointer comes back if nothing had to be
// replaced; otherwise what did not change is shared. A place that already
// holds a token is listed too.
func (r *Redactor) Request(req *expectations.Request) (*expectations.Request, []expectations.Redaction) {
	s := r.scanner("request", r.mac == nil)
	defer r.release(s)
	return s.request(req), s.list()
}

// Response does for a response what [Redactor.Request] does for a request.
func (r *Redactor) Response(resp *expectations.Response) (*expectations.Response, []expectations.Redaction) {
	s := r.scanner("response", r.mac == nil)
	defer r.release(s)
	return s.response(resp), s.list()
}

// Mask returns req with every secret, and every token of whatever key, put as
// one and the same placeholder: two requests that differ in nothing but
// secrets are equal under it.
func (r *Redactor) Mask(req *expectations.Request) *expectations.Request {
	s := r.scanner("request", true)
	defer r.release(s)
	return s.request(req)
}

// Foreign reports whether a secret place of req holds a token that was not
// made under this redactor's key, so that it can never equal one made here.
func (r *Redactor) Foreign(req *expectations.Request) bool {
	s := r.scanner("request", r.mac == nil)
	defer r.release(s)
	s.request(req)
	return s.foreign
}

func (r *Redactor) scanner(message string, mask bool) *scanner {
	s, ok := r.scanners.Get().(*scanner)
	if !ok {
		s = &scanner{r: r, token: make([]byte, 0, 2*jwtLen), names: new(judgements), headerNames: new(judgements)}
		if r.mac != nil {
			s.mac = hmac.New(sha256.New, r.mac)
		}
	}
	s.message, s.mask = message, mask
	return s
}

func (r *Redactor) release(s *scanner) {
	s.reset()
	r.scanners.Put(s)
}
