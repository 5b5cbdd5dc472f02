package expectations_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pactape/pactape/expectations"
)

// rendered is what a template makes of nothing much, in a space.
func rendered(t *testing.T, space *expectations.Space, text string) string {
	t.Helper()
	made, err := expectations.NewTemplate(expectations.TemplateMustache, text)
	if err != nil {
		t.Fatal(err)
	}
	got, err := made.Render(expectations.TemplateInput{Space: space, Request: &expectations.Request{Method: "GET", Path: "/"}})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// unpack reads a part of a token.
func unpack(t *testing.T, part string, into any) []byte {
	t.Helper()
	data, err := base64.RawURLEncoding.DecodeString(part)
	if err == nil && into != nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", part, err)
	}
	return data
}

// Whoever has the key set accepts the tokens, those of other sessions too.
func TestTemplateTokens(t *testing.T) {
	t.Parallel()
	tokens := &expectations.Issuer{}
	one := expectations.NewSpace(expectations.SpaceOptions{Tokens: tokens})
	two := expectations.NewSpace(expectations.SpaceOptions{Tokens: tokens})
	var set struct {
		Keys []struct{ Kty, E, Use, Kid, Alg, N string }
	}
	if err := json.Unmarshal([]byte(rendered(t, one, "{{{jwt.jwks}}}")), &set); err != nil || len(set.Keys) != 1 {
		t.Fatal(set, err)
	}
	key := set.Keys[0]
	public := &rsa.PublicKey{N: new(big.Int).SetBytes(unpack(t, key.N, nil)), E: int(new(big.Int).SetBytes(unpack(t, key.E, nil)).Int64())}
	subjects := map[string]bool{}
	for _, token := range []string{rendered(t, one, "{{jwt}}"), rendered(t, one, "{{jwt.generate}}"), rendered(t, two, "{{#jwt}}{{.}}{{/jwt}}")} {
		parts := strings.Split(token, ".")
		if len(parts) != 3 {
			t.Fatal(token)
		}
		digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
		if err := rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], unpack(t, parts[2], nil)); err != nil {
			t.Error(err)
		}
		var header struct{ Kid, Typ, Alg string }
		var claims struct {
			Sub, Aud, Iss string
			Nbf, Exp, Iat int64
		}
		unpack(t, parts[0], &header)
		unpack(t, parts[1], &claims)
		if header.Kid != key.Kid || header.Alg != "RS256" || key.Alg != "RS256" || header.Typ != "JWT" {
			t.Errorf("%+v %+v", header, key)
		}
		now := time.Now().Unix()
		if claims.Nbf >= now || claims.Exp <= now || claims.Iat > now || claims.Iss != claims.Aud || subjects[claims.Sub] {
			t.Errorf("%+v", claims)
		}
		subjects[claims.Sub] = true
	}
}

// What an answer was is there for a template as MockServer 7.6.0 shows it.
func TestTemplateOfResponse(t *testing.T) {
	t.Parallel()
	const printed = `{
  "body" : "{\"k\": 1}",
  "cookies" : {
    "c" : "d"
  },
  "headers" : {
    "Content-Type" : [ "application/json" ],
    "Set-Cookie" : [ "c=d; Path=/" ],
    "X-Up" : [ "1", "2" ]
  },
  "reasonPhrase" : "Fine",
  "statusCode" : 202
}`
	in := expectations.TemplateInput{
		Request: &expectations.Request{Method: "GET", Path: "/over"},
		Response: &expectations.Response{
			Status: 202, Reason: "Fine",
			Header: map[string][]string{"X-Up": {"1", "2"}, "Set-Cookie": {"c=d; Path=/"}, "Content-Type": {"application/json"}},
			Body:   expectations.Body{Bytes: []byte(`{"k": 1}`)},
		},
	}
	for template, want := range map[string]string{
		"{{response.statusCode}}|{{response.reasonPhrase}}|{{response.headers.X-Up.1}}|{{response.body}}|{{request.path}}|{{response.bodyAsString}}": "202|Fine|2|{&quot;k&quot;: 1}|/over|",
		"{{{response.cookies}}}{{{response.headers}}}":                                                               "{c=d}{Content-Type=[application/json], Set-Cookie=[c=d; Path=/], X-Up=[1, 2]}",
		"{{#jsonPath}}$.k{{/jsonPath}}{{jsonPathResult}}|{{response.statusCode.intValue}}{{response.getStatusCode}}": "|202202",
		"{{{response}}}": printed, "{{{response.toString}}}": printed,
	} {
		made, err := expectations.NewTemplate(expectations.TemplateMustache, template)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := made.Render(in); err != nil || got != want {
			t.Errorf("%s\n%s, %v\nwant %s", template, got, err, want)
		}
	}
}

// One template is rendered for many requests at once.
func TestTemplateConcurrently(t *testing.T) {
	t.Parallel()
	made, err := expectations.NewTemplate(expectations.TemplateMustache, "{{request.pathGroups.1}}{{#jsonPath}}$.a{{/jsonPath}}{{jsonPathResult}}{{#jwt}}{{/jwt}}{{^jwt.jwks}}x{{/jwt.jwks}}")
	if err != nil {
		t.Fatal(err)
	}
	space := expectations.NewSpace(expectations.SpaceOptions{})
	e := &expectations.Expectation{Request: &expectations.RequestMatcher{Path: expectations.Text{Value: "/(.*)"}}}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			digit := string(rune('0' + i))
			req := &expectations.Request{Path: "/" + digit, Body: expectations.Body{Bytes: []byte(`{"a":` + digit + `}`)}}
			got, err := made.Render(expectations.TemplateInput{Space: space, Expectation: e, Request: req})
			if err != nil || got != digit+digit {
				t.Errorf("%s: %s, %v", digit, got, err)
			}
		})
	}
	group.Wait()
}
