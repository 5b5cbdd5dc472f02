package redact_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/capture/redact"
	"github.com/pactape/pactape/expectations"
)

func TestShapes(t *testing.T) {
	t.Parallel()
	r := newRedactor(t, redact.Options{})
	parts := strings.Split(token(t, r, jwt), ".")
	if len(parts) != 3 {
		t.Fatalf("a JWT became %q", parts)
	}
	for _, part := range parts[:2] {
		data, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil || !json.Valid(data) {
			t.Errorf("JWT part %q: %v, %q", part, err, data)
		}
	}
	if _, err := base64.RawURLEncoding.DecodeString(parts[2]); err != nil {
		t.Errorf("signature: %v", err)
	}
	if got := token(t, r, "5d8ef4a1-90d6-4d3c-9a6e-0d6a2f3f3b6e"); len(got) != 36 || strings.Count(got, "-") != 4 {
		t.Errorf("a UUID became %q", got)
	}
	if got := token(t, r, "123456"); strings.Trim(got, "0123456789") != "" {
		t.Errorf("digits became %q", got)
	}
	if token(t, r, "a") == token(t, r, "b") || token(t, r, "12") == token(t, r, "13") || token(t, r, jwt) == token(t, r, jwe) {
		t.Error("two secrets have one token")
	}
	if other := newRedactor(t, redact.Options{Key: key(2)}); token(t, r, "a") == token(t, other, "a") {
		t.Error("the key does not matter")
	}
}

func TestForeignTokens(t *testing.T) {
	t.Parallel()
	mine, theirs := newRedactor(t, redact.Options{}), newRedactor(t, redact.Options{Key: key(2)})
	blind, err := redact.NewMask(redact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	raw := func(secret string) *expectations.Request {
		return &expectations.Request{
			Path: "/login", RawQuery: "api_key=" + secret, Header: http.Header{"Content-Type": {"application/json"}},
			Body: expectations.Body{Bytes: []byte(`{"user":"bob","password":"` + secret + `"}`)},
		}
	}
	for _, secret := range []string{"abc", "123456", "5d8ef4a1-90d6-4d3c-9a6e-0d6a2f3f3b6e", jwt, card} {
		req := raw(secret)
		own, _ := mine.Request(req)
		other, _ := theirs.Request(req)
		if mine.Foreign(own) || mine.Foreign(req) {
			t.Errorf("%s: own token taken for foreign", secret)
		}
		if !mine.Foreign(other) || !blind.Foreign(other) {
			t.Errorf("%s: foreign token not recognised: %s", secret, other.Body.Bytes)
		}
		if kept, list := mine.Request(other); kept != other || len(list) != 2 {
			t.Errorf("%s: foreign token was redacted again: %s", secret, kept.Body.Bytes)
		}
		masked := mine.Mask(raw("anything else"))
		for _, r := range []*expectations.Request{mine.Mask(other), theirs.Mask(own), blind.Mask(other), mine.Mask(req)} {
			if diff := cmp.Diff(masked, r); diff != "" {
				t.Errorf("%s: masks differ: %s", secret, diff)
			}
		}
	}
}

func TestUndecodableBodyIsDropped(t *testing.T) {
	t.Parallel()
	r := newRedactor(t, redact.Options{})
	resp := &expectations.Response{Body: expectations.Body{Bytes: []byte{0x1f, 0x8b, 8}, Coding: "gzip", Encoded: true}}
	got, list := r.Response(resp)
	if got.Body.Bytes != nil || !got.Body.Truncated || len(list) != 1 {
		t.Errorf("body = %+v, list = %+v", got.Body, list)
	}
	odd := &expectations.Response{Body: expectations.Body{Bytes: []byte(`{"token":"abc"}`), Coding: "utf-8", Encoded: true}}
	if got, _ := r.Response(odd); strings.Contains(string(got.Body.Bytes), "abc") || len(got.Body.Bytes) == 0 {
		t.Errorf("body with an unknown coding = %q", got.Body.Bytes)
	}
}

func TestOptionErrors(t *testing.T) {
	t.Parallel()
	for _, o := range []redact.Options{
		{},
		{Key: key(1)[:31]},
		{Key: key(1), JSONPaths: []string{"user.pin"}},
		{Key: key(1), JSONPaths: []string{"$"}},
		{Key: key(1), JSONPaths: []string{"$..pin"}},
		{Key: key(1), JSONPaths: []string{"$.a[x]"}},
		{Key: key(1), JSONPaths: []string{"$['a"}},
		{Key: key(1), Allow: []string{"$.a[-1]"}},
	} {
		if _, err := redact.New(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func TestLoadKey(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "new", "home")
	keys := make([][]byte, 16)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			k, err := redact.LoadKey(home)
			if err != nil {
				t.Error(err)
			}
			keys[i] = k
		})
	}
	wg.Wait()
	for _, k := range keys {
		if len(k) != redact.KeySize || string(k) != string(keys[0]) {
			t.Fatalf("keys differ: %x, %x", k, keys[0])
		}
	}
	entries, err := os.ReadDir(home)
	if err != nil || len(entries) != 1 {
		t.Fatalf("left behind: %v, %v", entries, err)
	}
	path := filepath.Join(home, entries[0].Name())
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := redact.LoadKey(home); err == nil {
		t.Error("a damaged key was accepted")
	}
}
