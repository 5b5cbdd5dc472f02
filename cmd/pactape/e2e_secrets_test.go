package main_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A secretCall is a request with a secret in one place, and the answer to it.
type secretCall struct {
	target string   // path and query
	header []string // name, value, …
	body   string
	answer http.HandlerFunc
}

// secretJWT is a token of RFC 7519 with an individual signature.
func secretJWT(name string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode([]byte(`{"sub":"1234567890","name":"`+name+`"}`)) + "." +
		encode([]byte("signature of "+name+" 0123456789"))
}

// secretCalls are calls with a secret in every place. Each secret is made by
// secret, which notes it.
func secretCalls(t *testing.T, secret func(string) string) map[string]secretCall {
	t.Helper()
	const form, json = "application/x-www-form-urlencoded", "application/json"
	basic := secret(base64.StdEncoding.EncodeToString([]byte("ann:pa55-basic-Qx81")))
	var parts bytes.Buffer
	multi := multipart.NewWriter(&parts)
	if err := multi.WriteField("password", secret("pa55-multipart-Xy72")); err != nil {
		t.Fatal(err)
	}
	if err := multi.Close(); err != nil {
		t.Fatal(err)
	}
	answers := func(contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = w.Write([]byte(body))
		}
	}
	compressed := secret("pa55-gzip-Cf59")
	padding := strings.Repeat(`{"filler":"0123456789"},`, 2000)
	return map[string]secretCall{
		"bearer":       {target: "/a", header: []string{"Authorization", "Bearer " + secret("t0ken-bearer-Lm93")}},
		"basic":        {target: "/b", header: []string{"Authorization", "Basic " + basic}},
		"cookie":       {target: "/c", header: []string{"Cookie", "theme=dark; sid=" + secret("c00kie-request-Np04")}},
		"api key":      {target: "/d", header: []string{"X-Api-Key", secret("k3y-header-Or15")}},
		"jwt header":   {target: "/e", header: []string{"X-Identity", secret(secretJWT("header"))}},
		"query":        {target: "/f?page=1&access_token=" + secret("t0ken-query-Ps26") + "&api_key=" + secret("k3y-query-Qt37")},
		"path":         {target: "/g/" + secret(secretJWT("path")) + "/items"},
		"referer":      {target: "/h", header: []string{"Referer", "https://example.com/?token=" + secret("t0ken-referer-Ru48")}},
		"form":         {target: "/i", header: []string{"Content-Type", form}, body: "user=ann&password=" + secret("pa55-form-Sv59")},
		"json":         {target: "/j", header: []string{"Content-Type", json}, body: `{"a":[{"clientSecret":"` + secret("s3cret-json-Tw60") + `"}]}`},
		"multipart":    {target: "/k", header: []string{"Content-Type", multi.FormDataContentType()}, body: parts.String()},
		"large":        {target: "/l", header: []string{"Content-Type", json}, body: "[" + padding + `{"password":"` + secret("pa55-large-Ux71") + `"}]`},
		"truncated":    {target: "/m", header: []string{"Content-Type", json}, body: `{"password":"` + secret("pa55-truncated-Vy82") + `","rest":[` + padding + padding + padding + `1]}`},
		"json answer":  {target: "/n", answer: answers(json, `{"data":{"refresh_token":"`+secret("t0ken-answer-Wz93")+`"}}`)},
		"event":        {target: "/o", answer: answers("text/event-stream", "event: x\ndata: {\"token\":\""+secret("t0ken-event-Xa04")+"\"}\n\n")},
		"lines":        {target: "/p", answer: answers("application/x-ndjson", "{\"a\":1}\n{\"password\":\""+secret("pa55-line-Yb15")+"\"}\n")},
		"jwt in text":  {target: "/q", answer: answers("text/plain", "your token: "+secret(secretJWT("text"))+", keep it")},
		"set-cookie":   {target: "/r", answer: setting("Set-Cookie", "sid="+secret("c00kie-answer-Zc26")+"; Path=/; HttpOnly")},
		"location":     {target: "/s", answer: setting("Location", "/next?token="+secret("t0ken-location-Ad37"))},
		"token header": {target: "/t", answer: setting("X-Auth-Token", secret("t0ken-header-Be48"))},
		"compressed": {target: "/u", answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", json)
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write([]byte(`{"password":"` + compressed + `"}`))
			_ = z.Close()
		}},
	}
}

func setting(name, value string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(name, value)
		w.WriteHeader(http.StatusAccepted)
	}
}

// TestE2ESecrets records requests and answers with a secret in every place,
// in success and in failure, and looks for the secrets in every file that
// pactape wrote, in its log, and in everything that it gives out of the
// recording.
func TestE2ESecrets(t *testing.T) {
	t.Parallel()
	secrets := make(map[string]bool)
	secret := func(s string) string { secrets[s] = true; return s }
	calls := secretCalls(t, secret)
	secret("pa55-basic-Qx81")
	mux := http.NewServeMux()
	for _, c := range calls {
		path, _, _ := strings.Cut(c.target, "?")
		if c.answer == nil {
			c.answer = func(http.ResponseWriter, *http.Request) {}
		}
		mux.HandleFunc(path, c.answer)
	}
	u := startUpstream(t, "api", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		mux.ServeHTTP(w, r)
	}))
	h := newHome(t)
	s := h.serve(t, "--upstream-ca", u.ca, "--log-level", "debug", "--max-body", "100KiB")
	proxy := s.proxy("")
	proxy.User = url.UserPassword("team", secret("pa55-proxy-Dg60"))
	client := through(t, proxy, h.path("home", "ca.pem"))
	for _, name := range slices.Sorted(maps.Keys(calls)) {
		c := calls[name]
		method := http.MethodGet
		if c.body != "" {
			method = http.MethodPost
		}
		a, err := send(t.Context(), client, method, u.url+c.target, c.body, c.header...)
		if err != nil || a.status != http.StatusOK && a.status != http.StatusAccepted {
			t.Fatalf("%s: %d, %v", name, a.status, err)
		}
		// The same to a server that is not there: failures are recorded too.
		a, err = send(t.Context(), client, method, "https://nowhere.localhost:1"+c.target, c.body, c.header...)
		if err != nil || a.status != http.StatusBadGateway {
			t.Fatalf("%s, unreachable: %d, %v", name, a.status, err)
		}
	}

	given := make(map[string]string)
	for _, call := range []string{
		"retrieve?type=recorded_expectations", "retrieve?type=active_expectations", "retrieve?type=recorded_expectations&format=har",
		"pact?consumer=c&provider=p",
	} {
		given[call] = s.put(t, http.StatusOK, call+"&session=team", "").body
	}
	given["metrics"] = s.call(t, http.MethodGet, "/metrics", "").body
	s.interrupt(t)
	given["log"] = s.stdout.String() + s.stderr.String()
	for _, args := range [][]string{
		{"session", "show", "team"},
		{"session", "show", "team", "--json"},
		{"export", "--session", "team", "--out", h.path("exported.json")},
	} {
		r := h.pactape(t, args...).want(t, 0)
		given[strings.Join(args, " ")] = r.stdout + r.stderr
	}
	if n := strings.Count(given["session show team"], "\n"); n != 2*len(calls) {
		t.Errorf("%d exchanges recorded, want %d", n, 2*len(calls))
	}
	files(t, h.dir, given)
	for name, text := range given {
		for secret := range secrets {
			if form := find(text, secret); form != "" {
				t.Errorf("%s has the secret %q %s", name, secret, form)
			}
		}
	}
	if !strings.Contains(given["session show team"], "/g/") || !strings.Contains(given["pact?consumer=c&provider=p"], `"path": "/i"`) {
		t.Errorf("what is not secret is gone too:\n%s", given["session show team"])
	}
}

// files adds the content of every file below dir.
func files(t *testing.T, dir string, to map[string]string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		to[path] = path + "\n" + string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// find says in which form a secret is in a text; "" if it is not.
func find(text, secret string) string {
	forms := map[string]string{
		"as it is": secret, "escaped": url.QueryEscape(secret), "in hexadecimal": hex.EncodeToString([]byte(secret)),
	}
	for shift := range 3 { // base64 of a text that has the secret at any offset
		padded := append(make([]byte, shift), secret...)
		encoded := base64.RawStdEncoding.EncodeToString(padded)
		forms[fmt.Sprintf("in base64, at %d", shift)] = encoded[(shift*8+5)/6 : len(encoded)-1]
	}
	for name, form := range forms {
		if strings.Contains(text, form) {
			return name
		}
	}
	return ""
}
