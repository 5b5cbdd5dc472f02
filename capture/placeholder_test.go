package capture_test

import (
	"testing"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
)

// TestContractRequest: a contract holds placeholders in place of secrets, and
// its requests find what was recorded; a secret that is merely another one
// does not.
func TestContractRequest(t *testing.T) {
	t.Parallel()
	r := newReel(t, capture.LearnedOptions{Redactor: keyed(t, 1)})
	login := func(user, password string) *expectations.Request {
		return asked("POST h/login?api_key="+password, `{"user":"`+user+`","password":"`+password+`"}`, jsonType)
	}
	pin := func(n string) *expectations.Request { return asked("POST h/pin", `{"pin":1,"secret":`+n+`}`, jsonType) }
	jwt := func(token string) *expectations.Request { return asked("GET h/jwt?t="+token, "") }
	const token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLXRoYXQtaXMtbG9uZy1lbm91Z2g"
	r.record(login("bob", "hunter2"), answered(200, "bob"))
	r.record(login("ada", "lovelace"), answered(200, "ada"))
	r.record(pin("1234567"), answered(200, "pin"))
	r.record(jwt(token), answered(200, "jwt"))

	for range 2 { // as recorded, and as read back
		r.replays(login("bob", expectations.PlaceholderText), "200 bob")
		r.replays(login("ada", expectations.PlaceholderText), "200 ada")
		r.replays(pin(expectations.PlaceholderDigits), "200 pin")
		r.replays(jwt(expectations.PlaceholderJWT), "200 jwt")
		r.replays(login("eve", expectations.PlaceholderText), "")
		r.replays(login("bob", "lovelace"), "")
		r.replays(pin("7654321"), "")
		r = r.replayed(capture.LearnedOptions{Redactor: keyed(t, 1)})
	}
	if err := r.RemoveAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.replays(login("bob", expectations.PlaceholderText), "")
}
