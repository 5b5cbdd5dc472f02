package redact_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture/redact"
	"github.com/pactape/pactape/expectations"
)

const (
	jwt  = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJhbGljZSIsImV4cCI6MTcwMDAwMDAwMH0.c2lnbmF0dXJl"
	jwe  = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aXZpdml2aXY.Y2lwaGVydGV4dA.dGFn"
	card = "4111111111111111"
)

func key(b byte) []byte {
	k := make([]byte, redact.KeySize)
	for i := range k {
		k[i] = b
	}
	return k
}

func newRedactor(t testing.TB, o redact.Options) *redact.Redactor {
	t.Helper()
	if o.Key == nil {
		o.Key = key(1)
	}
	r, err := redact.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func jsonRequest(body string) *expectations.Request {
	return &expectations.Request{
		Method: "POST", Path: "/x",
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   expectations.Body{Bytes: []byte(body)},
	}
}

// token is what stands for a secret in a JSON string.
func token(t testing.TB, r *redact.Redactor, secret string) string {
	t.Helper()
	quoted, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	req, _ := r.Request(jsonRequest(`{"password":` + string(quoted) + `}`))
	var out struct{ Password string }
	if err := json.Unmarshal(req.Body.Bytes, &out); err != nil {
		t.Fatal(err)
	}
	if out.Password == secret {
		t.Fatalf("%q was not redacted", secret)
	}
	return out.Password
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	r := newRedactor(t, redact.Options{Headers: []string{"x-tenant"}, Allow: []string{"X-Open-Token"}})
	abc, secret := token(t, r, "abc"), token(t, r, "s3cret")
	basic := func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	tests := []struct {
		name, header, value, want, in, field, class string
	}{
		{"bearer", "Authorization", "Bearer abc", "Bearer " + abc, "header", "Authorization", "bearer"},
		{"bearer, any case", "Authorization", "bearer  abc", "bearer  " + abc, "header", "Authorization", "bearer"},
		{"jwt", "Authorization", "Bearer " + jwt, "Bearer " + token(t, r, jwt), "header", "Authorization", "bearer"},
		{"basic keeps its form", "Authorization", basic("abc:s3cret"), basic(abc + ":" + secret), "header", "Authorization", "basic"},
		{"basic with an empty password", "Authorization", basic("abc:"), basic(abc + ":"), "header", "Authorization", "basic"},
		{"other scheme", "Authorization", "Token abc", "Token " + abc, "header", "Authorization", "string"},
		{"no scheme", "Authorization", "abc", abc, "header", "Authorization", "string"},
		{
			"parameters", "Authorization", `Digest username="abc", realm="r", response=s3cret`,
			`Digest username="` + abc + `", realm="r", response=` + secret, "header", "Authorization", "string",
		},
		{"proxy", "Proxy-Authorization", "Bearer abc", "Bearer " + abc, "header", "Proxy-Authorization", "bearer"},
		{"api key", "X-Api-Key", "abc", abc, "header", "X-Api-Key", "string"},
		{"apikey", "Apikey", "abc", abc, "header", "Apikey", "string"},
		{"azure", "Ocp-Apim-Subscription-Key", "abc", abc, "header", "Ocp-Apim-Subscription-Key", "string"},
		{"auth token", "X-Auth-Token", "abc", abc, "header", "X-Auth-Token", "string"},
		{"session id", "Mcp-Session-Id", "abc", abc, "header", "Mcp-Session-Id", "string"},
		{"scheme elsewhere", "X-Forwarded-Authorization", "Bearer abc", "Bearer " + abc, "header", "X-Forwarded-Authorization", "bearer"},
		{"user's", "X-Tenant", "abc", abc, "header", "X-Tenant", "string"},
		{"url", "Location", "https://h/cb?access_token=abc&page=2", "https://h/cb?access_token=" + abc + "&page=2", "header", "Location", "string"},
		{"fragment", "Location", "/cb#access_token=abc", "/cb#access_token=" + abc, "header", "Location", "string"},
		{"link", "Link", `<https://h/?api_key=abc&page=2>; rel="next"`, `<https://h/?api_key=` + abc + `&page=2>; rel="next"`, "header", "Link", "string"},
		{"jwt anywhere", "X-Whatever", "a " + jwt + ".", "a " + token(t, r, jwt) + ".", "header", "X-Whatever", "jwt"},
		{"cookie", "Cookie", "a=abc; b=s3cret", "a=" + abc + "; b=" + secret, "cookie", "a", "cookie"},
		{"set-cookie", "Set-Cookie", "a=abc; Path=/; HttpOnly", "a=" + abc + "; Path=/; HttpOnly", "cookie", "a", "cookie"},
		{"quoted cookie", "Set-Cookie", `a="abc"`, `a="` + abc + `"`, "cookie", "a", "cookie"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := http.Header{tt.header: {tt.value}}
			resp := &expectations.Response{Header: h}
			got, list := r.Response(resp)
			if diff := cmp.Diff(http.Header{tt.header: {tt.want}}, got.Header); diff != "" {
				t.Error(diff)
			}
			want := expectations.Redaction{Message: "response", In: tt.in, Name: tt.field, Class: tt.class}
			if len(list) == 0 || list[0] != want {
				t.Errorf("redactions = %+v, want first %+v", list, want)
			}
			if h[tt.header][0] != tt.value {
				t.Error("the original changed")
			}
		})
	}
}

func TestWhatStays(t *testing.T) {
	t.Parallel()
	r := newRedactor(t, redact.Options{Allow: []string{"X-Open-Token", "page_token", "theme"}})
	headers := http.Header{
		"X-Open-Token":          {"abc"},
		"Www-Authenticate":      {`Bearer realm="api", error="invalid_token"`},
		"Authorization":         {"Negotiate"},
		"Cookie":                {"theme=dark; empty="},
		"Idempotency-Key":       {"8f14e45f-ceea-467f-a8d1-000000000000"},
		"Sec-Websocket-Key":     {"dGhlIHNhbXBsZSBub25jZQ=="},
		"X-Ratelimit-Tokens":    {"150000"},
		"Strict-Transport-Sec":  {"max-age=31536000; includeSubDomains"},
		"Etag":                  {`"33a64df551425fcc55e4d42a148795d9f25f89d4"`},
		"Access-Control-Expose": {"Authorization"},
	}
	bodies := []struct{ contentType, body string }{
		{"application/json", `{"tokens_used":5,"author":"Poe","token_type":"Bearer","expires_in":3600,"tokens":512,
			"max_token":7,"password":null,"is_secret":true,"secret":"","authorName":"x","sessions":12,"session":77,"session_id":4711,"pageToken":"open",
			"passwordResetUrl":"https://h/reset","key":"k","primary_key":"id","tokenizer":"bpe","secretary":"Ann",
			"id":1700000000000,"ns":1700000000000000000,"micros":1700000000000008,"bad_card":"4111111111111112",
			"at":"10:20","mail":"https://h/@user","home":"https://h:80/x@y","uuid":"41111111-1111-1111-1111-111111111111","decimal":0.4111111111111111,"code":"not_found"}`},
		{"application/json", `5`},
		{"application/json", `"text"`},
		{"application/x-www-form-urlencoded", "grant_type=password&response_type=token&page_token=abc&author=me&token="},
		{"text/plain", "the token is not here, see a=b and x?page=2&sort=asc"},
		{"text/html", `<a href="/x?page=2&amp;sort=asc">token=abc</a>`},
		{"text/xml", `<author token_type="x">Poe</author><password/>Poe<secret></secret>`},
		{"text/plain", "in another word: x" + jwt},
		{"application/octet-stream", "\x00\x01password=abc&" + jwt},
		{"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"author\"\r\n\r\nPoe\r\n--b--\r\n"},
		{"text/event-stream", "event: token\ndata: {\"delta\":\"abc\"}\n\ndata: [DONE]\n\n"},
	}
	for _, b := range bodies {
		h := headers.Clone()
		h.Set("Content-Type", b.contentType)
		req := &expectations.Request{
			Path: "/token/session/v1/sessions/current/tokens/12345678", RawQuery: "page=2&sort=asc&page_token=abc&token_type=x&q=a%20b+c", Header: h,
			Body: expectations.Body{Bytes: []byte(b.body)},
		}
		got, list := r.Request(req)
		if got != req || len(list) != 0 {
			t.Errorf("%s was changed: %+v\n%s", b.contentType, list, cmp.Diff(req, got))
		}
	}
}

func TestRequestLine(t *testing.T) {
	t.Parallel()
	r := newRedactor(t, redact.Options{Query: []string{"ticket"}, Fields: []string{"Pin-Code"}})
	abc := token(t, r, "abc")
	tests := []struct{ name, path, query, wantPath, wantQuery string }{
		{"api key", "/", "page=2&api_key=abc", "/", "page=2&api_key=" + abc},
		{"apiKey", "/", "apiKey=abc", "/", "apiKey=" + abc},
		{"encoded name and value", "/", "api%5Fkey=%61bc", "/", "api%5Fkey=" + abc},
		{"bracketed", "/", "user[password]=abc", "/", "user[password]=" + abc},
		{"signed", "/", "X-Amz-Signature=abc&X-Amz-Date=1", "/", "X-Amz-Signature=" + abc + "&X-Amz-Date=1"},
		{"user's", "/", "ticket=abc&pinCode=abc", "/", "ticket=" + abc + "&pinCode=" + abc},
		{"jwt value", "/", "q=" + jwt, "/", "q=" + token(t, r, jwt)},
		{"jwt alone", "/", jwt, "/", token(t, r, jwt)},
		{"jwt segment", "/a/" + jwt + "/b", "", "/a/" + token(t, r, jwt) + "/b", ""},
		{"card segment", "/cards/" + card, "", "/cards/" + token(t, r, card), ""},
		{"session", "/session/4f2a9c1e77/url", "", "/session/" + token(t, r, "4f2a9c1e77") + "/url", ""},
		{"matrix parameter", "/a;token=abc/b", "", "/a;token=abc/b", ""},
		{"url within", "/", "next=https%3A%2F%2Fh%2F%3Ftoken%3Dabc", "/", "next=https%3A%2F%2Fh%2F%3Ftoken%3D" + abc},
		{"scheme", "/", "authorization=Bearer%20abc", "/", "authorization=Bearer+" + abc},
		{"json within", "/", "filter=%7B%22token%22%3A%22abc%22%7D", "/", "filter=%7B%22token%22%3A%22" + abc + "%22%7D"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req, _ := r.Request(&expectations.Request{Path: tt.path, RawQuery: tt.query})
			if req.Path != tt.wantPath && tt.name != "matrix parameter" || req.RawQuery != tt.wantQuery {
				t.Errorf("got %s?%s\nwant %s?%s", req.Path, req.RawQuery, tt.wantPath, tt.wantQuery)
			}
			if strings.Contains(req.Path, "abc") {
				t.Errorf("secret left in %s", req.Path)
			}
		})
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	r := newRedactor(t, redact.Options{
		Fields:    []string{"holder"},
		JSONPaths: []string{"$.user.pin", "$.cards[*].nick", "$['odd.name'][0]"},
		Allow:     []string{"$.public.token"},
	})
	abc, num, jwtToken, cardToken := token(t, r, "abc"), token(t, r, "123456"), token(t, r, jwt), token(t, r, card)
	spaced := cardToken[:4] + " " + cardToken[4:8] + " " + cardToken[8:12] + " " + cardToken[12:]
	const form = "application/x-www-form-urlencoded"
	tests := []struct{ name, contentType, body, want string }{
		{"url with a user", "application/json", `{"db":"postgres://abc:abc@db:5432/x","b":"https://abc@h"}`, `{"db":"postgres://` + abc + `:` + abc + `@db:5432/x","b":"https://` + abc + `@h"}`},
		{"json", "application/json", `{"a":1,"password":"abc"}`, `{"a":1,"password":"` + abc + `"}`},
		{"white space stays", "application/json", "{ \"password\" :\n\t\"abc\" , \"b\":[ ] }", "{ \"password\" :\n\t\"" + abc + "\" , \"b\":[ ] }"},
		{"number", "application/json", `{"secret":123456}`, `{"secret":` + num + `}`},
		{"array", "application/json", `{"tokens":["abc","abc"],"tokens_used":5}`, `{"tokens":["` + abc + `","` + abc + `"],"tokens_used":5}`},
		{"nested", "application/json", `{"session":{"id":"abc","user":"bob"},"api":{"key":"abc"}}`, `{"session":{"id":"` + abc + `","user":"bob"},"api":{"key":"` + abc + `"}}`},
		{"escaped name", "application/json", `{"pass\u0077ord":"abc"}`, `{"pass\u0077ord":"` + abc + `"}`},
		{"escaped value", "application/json", `{"password":"\u0061bc"}`, `{"password":"` + abc + `"}`},
		{"escaped around", "application/json", `{"m":"\"x\"\n` + jwt + `"}`, `{"m":"\"x\"\n` + jwtToken + `"}`},
		{"json within json", "application/json", `{"m":"{\"token\":\"abc\"}"}`, `{"m":"{\"token\":\"` + abc + `\"}"}`},
		{"url within json", "application/json", `{"next":"https://h/?page=2&api_key=abc"}`, `{"next":"https://h/?page=2&api_key=` + abc + `"}`},
		{"url escaped as Go does", "application/json", `{"next":"/?a=1\u0026api_key=abc"}`, `{"next":"/?a=1&api_key=` + abc + `"}`},
		{"card number", "application/json", `{"n":` + card + `}`, `{"n":` + cardToken + `}`},
		{"card text", "application/json", `{"n":"card 4111 1111 1111 1111, exp 12/30"}`, `{"n":"card ` + spaced + `, exp 12/30"}`},
		{"card after a year", "text/plain", "in 2024 4111-1111-1111-1111", "in 2024 " + strings.ReplaceAll(spaced, " ", "-")},
		{"card and cvv", "text/plain", "4111 1111 1111 1111 123", spaced + " 123"},
		{"jwt", "application/json", `["` + jwt + `"]`, `["` + jwtToken + `"]`},
		{"encrypted jwt", "text/plain", "x " + jwe, "x " + token(t, r, jwe)},
		{"cut short", "application/json", `{"a":{"password":"abc`, `{"a":{"password":"` + abc},
		{"malformed", "application/json", `{"a":}],"password":"abc"`, `{"a":}],"password":"` + abc + `"`},
		{"no content type", "", `{"password":"abc"}`, `{"password":"` + abc + `"}`},
		{"json as text", "text/plain;charset=UTF-8", `{"password":"abc"}`, `{"password":"` + abc + `"}`},
		{"user's fields", "application/json", `{"holder":{"name":"abc","tags":["abc"]}}`, `{"holder":{"name":"` + abc + `","tags":["` + abc + `"]}}`},
		{
			"user's paths", "application/json", `{"user":{"pin":"abc","x":"abc"},"cards":[{"nick":"abc"}],"odd.name":["abc","x"]}`,
			`{"user":{"pin":"` + abc + `","x":"abc"},"cards":[{"nick":"` + abc + `"}],"odd.name":["` + abc + `","x"]}`,
		},
		{"allowed path", "application/json", `{"public":{"token":"abc"},"token":"abc"}`, `{"public":{"token":"abc"},"token":"` + abc + `"}`},
		{"json lines", "application/x-ndjson", "{\"token\":\"abc\"}\n{\"a\":1}\n{\"token\":\"abc\"}\n", "{\"token\":\"" + abc + "\"}\n{\"a\":1}\n{\"token\":\"" + abc + "\"}\n"},
		{"form", form, "user=bob&password=abc&x=" + jwt, "user=bob&password=" + abc + "&x=" + jwtToken},
		{"form without a type", "", "user=bob&password=abc", "user=bob&password=" + abc},
		{"form digits", form, "otp=123456", "otp=" + num},
		{"events", "text/event-stream", "event: x\r\ndata: {\"token\":\"abc\"}\r\n\r\ndata: hi " + jwt + "\n\n", "event: x\r\ndata: {\"token\":\"" + abc + "\"}\r\n\r\ndata: hi " + jwtToken + "\n\n"},
		{"event without an end", "text/event-stream", "data: {\"token\":\"abc\"}", "data: {\"token\":\"" + abc + "\"}"},
		{"event over lines", "text/event-stream", "data: {\"password\":\ndata:\"abc\"}\n\n", "data: {\"password\":\ndata:\"" + abc + "\"}\n\n"},
		{
			"multipart", "multipart/form-data; boundary=b",
			"--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nabc\r\n--b\r\nContent-Disposition: form-data; name=j\r\nContent-Type: application/json\r\n\r\n{\"token\":\"abc\"}\r\n--b--\r\n",
			"--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n" + abc + "\r\n--b\r\nContent-Disposition: form-data; name=j\r\nContent-Type: application/json\r\n\r\n{\"token\":\"" + abc + "\"}\r\n--b--\r\n",
		},
		{"xml", "text/xml", `<a><wsse:Password Type="t">abc</wsse:Password><b token="abc"/><c><![CDATA[x]]></c></a>`, `<a><wsse:Password Type="t">` + abc + `</wsse:Password><b token="` + abc + `"/><c><![CDATA[x]]></c></a>`},
		{"cdata", "application/soap+xml", `<secret><![CDATA[abc]]></secret>`, `<secret><![CDATA[` + abc + `]]></secret>`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			resp := &expectations.Response{Header: http.Header{}, Body: expectations.Body{Bytes: []byte(tt.body)}}
			if tt.contentType != "" {
				resp.Header.Set("Content-Type", tt.contentType)
			}
			got, list := r.Response(resp)
			if diff := cmp.Diff(tt.want, string(got.Body.Bytes)); diff != "" {
				t.Error(diff)
			}
			if string(resp.Body.Bytes) != tt.body {
				t.Error("the original changed")
			}
			again, _ := r.Response(got)
			if again != got {
				t.Errorf("redacting again changed it: %s", again.Body.Bytes)
			}
			for _, l := range list {
				if strings.Contains(l.Name, "abc") {
					t.Errorf("the list has a secret: %+v", l)
				}
			}
		})
	}
}

func TestPlacesInJSON(t *testing.T) {
	t.Parallel()
	r := newRedactor(t, redact.Options{})
	_, list := r.Request(jsonRequest(`{"user":{"token":"abc"},"items":[{"x":1},{"api-key":"abc"}],"n":` + card + `,"jwt":"` + jwt + `"}`))
	in := func(name, class string) expectations.Redaction {
		return expectations.Redaction{Message: "request", In: "json", Name: name, Class: class}
	}
	want := []expectations.Redaction{
		in("$.user.token", "string"), in("$.items[1]['api-key']", "string"), in("$.n", "card"), in("$.jwt", "jwt"),
	}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Error(diff)
	}

	many := `{"items":[` + strings.Repeat(`{"token":"abc"},`, 5000) + `{}]}`
	_, list = r.Request(jsonRequest(many))
	if len(list) > 300 {
		t.Errorf("%d places listed of an array", len(list))
	}
	if last := list[len(list)-1]; last != in("$.items[*].token", "string") {
		t.Errorf("last place = %+v", last)
	}
}

// TestNames pins which names are secret, by what becomes of the member.
func TestNames(t *testing.T) {
	t.Parallel()
	r := newRedactor(t, redact.Options{})
	changes := func(t *testing.T, name, value string) bool {
		t.Helper()
		req := jsonRequest(`{"` + name + `":` + value + `}`)
		got, _ := r.Request(req)
		return got != req
	}
	for _, name := range []string{
		"password", "Password", "PASSWORD", "passwd", "pwd", "userPassword", "user_password", "password2", "newPassword",
		"password_confirmation", "passwordHash", "passphrase", "secret", "client_secret", "clientSecret", "token", "access_token",
		"accessToken", "accesstoken", "refresh_token", "id_token", "idToken", "authToken", "csrf_token", "_csrf", "nextPageToken",
		"api_key", "apiKey", "apikey", "APIKey", "x-api-key", "X-API-KEY", "secretKey", "private_key", "aws_access_key_id",
		"aws_secret_access_key", "authorization", "Authorization", "credential", "jwt", "otp", "cvv", "cvv2", "code_verifier",
		"client_assertion", "authorization_code", "user.password", "token_value", "OAuthToken", "oauth2_token",
	} {
		if !changes(t, name, `"abc"`) || !changes(t, name, `123456`) {
			t.Errorf("%s is not secret", name)
		}
	}
	for _, name := range []string{
		"tokens", "secrets", "passwords", "credentials", "api_keys", "max_token", "total_secret", "session", "sessionId",
		"session_id", "user_session",
	} {
		if !changes(t, name, `"abc"`) || changes(t, name, `123456`) {
			t.Errorf("%s is not secret as a text only", name)
		}
	}
	for _, name := range []string{
		"author", "authors", "tokens_used", "max_tokens_used", "token_type", "tokenizer", "token_endpoint", "secretary",
		"secret_name", "password_policy", "passwordResetUrl", "password_expires_at", "key", "keys", "primary_key", "public_key",
		"idempotency_key", "sessions_count", "session_timeout", "authorization_url", "authorizationStatus", "passenger", "compass",
		"signature", "auth", "code", "id", "value", "hash", "description", "", "2", "__",
	} {
		if changes(t, name, `"abc"`) || changes(t, name, `123456`) {
			t.Errorf("%s is secret", name)
		}
	}
	for _, value := range []string{`""`, `null`, `true`, `false`, `{}`, `[]`, `7`, `{"a":"abc"}`} {
		if changes(t, "password", value) {
			t.Errorf("%s was changed", value)
		}
	}
}
