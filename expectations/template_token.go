package expectations

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/mustache"
)

const (
	// tokenParty issues the tokens, and is whom they are for (MockServer
	// JWTGenerator).
	tokenParty = "https://www.mock-server.com"
	// tokenLife is how long before now, and after, a token holds.
	tokenLife = 4 * time.Hour
	// tokenBits is the size of the key.
	tokenBits = 2048
)

// An Issuer signs the JSON Web Tokens that templates make (RFC 7519, RS256)
// with a key of its own, which is made when the first one is, and kept nowhere.
// The zero value is ready to use, and safe for concurrent use; templates that
// are to accept one another's tokens share one.
type Issuer struct {
	once sync.Once
	key  *rsa.PrivateKey
	id   string
	err  error
}

func (i *Issuer) init() {
	i.once.Do(func() {
		i.key, i.err = rsa.GenerateKey(rand.Reader, tokenBits)
		i.id = uuid.NewString()
	})
}

// token returns a new token, about nobody in particular; "" if there is no key.
func (i *Issuer) token() string {
	if i.init(); i.err != nil {
		return ""
	}
	now := time.Now()
	encode := func(members ...jsondoc.Member) string {
		return base64.RawURLEncoding.EncodeToString(jsondoc.Object(members...).AppendCompact(nil))
	}
	text := encode(jsondoc.M("kid", jsondoc.String(i.id)), jsondoc.M("typ", jsondoc.String("JWT")), jsondoc.M("alg", jsondoc.String("RS256"))) + "." +
		encode(jsondoc.M("sub", jsondoc.String(uuid.NewString())), jsondoc.M("aud", jsondoc.String(tokenParty)),
			jsondoc.M("nbf", jsondoc.Int(now.Add(-tokenLife).Unix())), jsondoc.M("iss", jsondoc.String(tokenParty)),
			jsondoc.M("exp", jsondoc.Int(now.Add(tokenLife).Unix())), jsondoc.M("iat", jsondoc.Int(now.Unix())))
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, i.key, crypto.SHA256, digest[:])
	if err != nil {
		return ""
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// keys are the public key as a JSON Web Key Set (RFC 7517 §5); "" if there is
// none.
func (i *Issuer) keys() string {
	if i.init(); i.err != nil {
		return ""
	}
	encode := func(b []byte) jsondoc.Value { return jsondoc.String(base64.RawURLEncoding.EncodeToString(b)) }
	key := jsondoc.Object(
		jsondoc.M("kty", jsondoc.String("RSA")), jsondoc.M("e", encode(big.NewInt(int64(i.key.E)).Bytes())),
		jsondoc.M("use", jsondoc.String("sig")), jsondoc.M("kid", jsondoc.String(i.id)),
		jsondoc.M("alg", jsondoc.String("RS256")), jsondoc.M("n", encode(i.key.N.Bytes())))
	return string(jsondoc.Object(jsondoc.M("keys", jsondoc.Array(key))).AppendJackson(nil))
}

// issuer is the one of the space, or where there is no space, a new one.
func (s *Space) issuer() *Issuer {
	if s == nil {
		return &Issuer{}
	}
	return s.tokens
}

// A tokenScope is "jwt" in a template (MockServer JwtTemplateHelper).
type tokenScope struct{ issuer *Issuer }

// Get implements [mustache.Scope].
func (t tokenScope) Get(name string) (mustache.Value, bool) {
	switch name {
	case "generate", "toString":
		return t.issuer.token(), true
	case "jwks":
		return t.issuer.keys(), true
	}
	return nil, false
}

// String is a new token.
func (t tokenScope) String() string { return t.issuer.token() }
