package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/cmd/pactape/example/shop"
)

// A changeable serves the shop, with every answer changed by what is set.
type changeable struct {
	api    *shop.API
	change atomic.Pointer[func(*http.Request, *httptest.ResponseRecorder)]
}

func (c *changeable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := httptest.NewRecorder()
	c.api.ServeHTTP(rec, r)
	if change := c.change.Load(); change != nil && *change != nil {
		(*change)(r, rec)
	}
	maps.Copy(w.Header(), rec.Header())
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes()) // the client may be gone
}

// replaceIn changes a text in the bodies of a path.
func replaceIn(path, old, by string) func(*http.Request, *httptest.ResponseRecorder) {
	return func(r *http.Request, rec *httptest.ResponseRecorder) {
		if r.URL.Path == path {
			rec.Body = bytes.NewBuffer(bytes.ReplaceAll(rec.Body.Bytes(), []byte(old), []byte(by)))
		}
	}
}

// setHeader changes a header of a path's answers; no values remove it.
func setHeader(path, name string, values ...string) func(*http.Request, *httptest.ResponseRecorder) {
	return func(r *http.Request, rec *httptest.ResponseRecorder) {
		if r.URL.Path == path && rec.Header().Get(name) != "" {
			rec.Header()[name] = values
		}
	}
}

// recordShop records a visit of the shop, with further flags, and returns the
// contract.
func recordShop(t *testing.T, h home, u *upstream, interactions int, flags ...string) string {
	t.Helper()
	seen, r := runChild[[]seen](t, h, append([]string{
		"--out", h.path("out"), "--consumer", "web", "--provider", "shop.localhost=shop", "--upstream-ca", u.ca,
		"--response-header", "Allow", "--response-header", "Cache-Control", "--session", "visit",
	}, flags...), "browse", u.url)
	if len(seen) != 14 {
		t.Fatalf("the client had %d answers", len(seen))
	}
	r.says(t, "14 exchanges with 1 host", fmt.Sprintf("web-shop.json: %d interactions", interactions))
	return h.path("out", "web-shop.json")
}

// ourRefusals are those of pactape verify.
func ourRefusals(t *testing.T, h home, contract string, args ...string) map[string]bool {
	t.Helper()
	r := h.pactape(t, append([]string{"verify", contract, "--json"}, args...)...)
	var report struct {
		Contracts          []json.RawMessage
		InteractionResults []struct{ Description, Result string }
	}
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil || len(report.Contracts) != 1 {
		t.Fatalf("verify --json: %v, %s", err, r)
	}
	refused := make(map[string]bool)
	for _, it := range report.InteractionResults {
		if it.Result != "OK" {
			refused[it.Description] = true
		}
	}
	want := 0
	if len(refused) > 0 {
		want = 1
	}
	r.want(t, want)
	return refused
}

// A shopChange is a change of the API, and which interactions it breaks.
type shopChange struct {
	name   string
	change func(*http.Request, *httptest.ResponseRecorder)
	// inferred and literal are refused of the contract as it is by itself,
	// and with --infer none.
	inferred, literal []string
}

func shopChanges() []shopChange {
	const (
		first, second  = "GET /items?page=1", "GET /items?page=2"
		pages          = "GET /items -> 200"
		item, missing  = "GET /items/{id} -> 200", "GET /items/{id} -> 404"
		me, poll       = "GET /me -> 200", "GET /exports/{id} -> 200"
		login, refused = "POST /login -> 200", "DELETE /items -> 405"
	)
	one := func(name string) []string { return []string{name} }
	return []shopChange{
		{"as recorded", nil, nil, nil},
		{"price", replaceIn("/items/1", "80", "81"), nil, one("GET /items/1")},
		{"price became text", replaceIn("/items/1", "80", `"80"`), one(item), one("GET /items/1")},
		{"member renamed", replaceIn("/me", `"name"`, `"nick"`), one(me), one("GET /me")},
		{"further member", replaceIn("/items/1", `{"id"`, `{"stock":3,"id"`), nil, nil},
		{"one page", replaceIn("/items", "lamp", "torch"), nil, one(second)},
		{"both pages", replaceIn("/items", `"items"`, `"goods"`), one(pages), []string{first, second}},
		{"list element", replaceIn("/items", `{"id":2,"name":"table","price":240}`, `null`), one(pages), one(first)},
		{"final state of the poll", replaceIn("/exports/7", "done", "finished"), nil, one("GET /exports/7")},
		{"other token", replaceIn("/login", `"token":"`, `"token":"x`), nil, nil},
		{"token is a number", replaceIn("/login", `"token":"`, `"token":7,"t":"`), one(login), []string{"POST /login", "POST /login (2)"}},
		{"allowed methods", setHeader("/items", "Allow", "GET"), one(refused), one("DELETE /items")},
		{"list header on two lines", setHeader("/items", "Allow", "GET", "HEAD"), nil, nil},
		{"caching", setHeader("/items", "Cache-Control", "no-store"), one(pages), []string{first, second}},
		{"caching gone", setHeader("/items", "Cache-Control"), one(pages), []string{first, second}},
		{"content type", setHeader("/items/99", "Content-Type", "text/plain"), one(missing), one("GET /items/99")},
		{"entity tag is not in the contract", setHeader("/items/1", "ETag", `"v2"`), nil, nil},
		{"status", func(r *http.Request, rec *httptest.ResponseRecorder) {
			if r.URL.Path == "/items/99" {
				rec.Code = http.StatusGone
			}
		}, one(missing), one("GET /items/99")},
		{
			"everything", func(_ *http.Request, rec *httptest.ResponseRecorder) { rec.Code = http.StatusTeapot },
			[]string{login, me, pages, refused, item, missing, poll},
			[]string{"POST /login", "POST /login (2)", "GET /me", first, second, "DELETE /items", "GET /items/1", "GET /items/99", "GET /exports/7"},
		},
	}
}

// TestE2ELoop is the whole loop: a client of an API is recorded, the official
// verifier and ours accept the contract against that API, and after a change
// of the API both refuse exactly the interactions that it breaks.
func TestE2ELoop(t *testing.T) {
	t.Parallel()
	for _, mode := range []struct {
		flags        []string
		interactions int
		refused      func(shopChange) []string
	}{
		{nil, 7, func(c shopChange) []string { return c.inferred }},
		{[]string{"--infer", "none"}, 9, func(c shopChange) []string { return c.literal }},
	} {
		t.Run(strings.Join(append([]string{"run"}, mode.flags...), " "), func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			api := &changeable{api: shop.New()}
			u := startUpstream(t, "shop", api)
			contract := recordShop(t, h, u, mode.interactions, mode.flags...)
			token, err := shop.Login(t.Context(), &http.Client{Transport: through(t, nil, u.ca).Transport}, "https://"+u.addr, "bob")
			if err != nil {
				t.Fatal(err)
			}
			for _, tc := range shopChanges() {
				t.Run(tc.name, func(t *testing.T) { // one after the other: they change the API
					api.change.Store(&tc.change)
					want := make(map[string]bool)
					for _, name := range mode.refused(tc) {
						want[name] = true
					}
					ours := ourRefusals(t, h, contract, "--provider-url", u.url, "--upstream-ca", u.ca, "--header", "Authorization: "+token)
					if diff := cmp.Diff(want, ours); diff != "" {
						t.Errorf("pactape verify refuses (-want +got):\n%s", diff)
					}
					native := nativeRefusals(t, contract, "https://"+u.addr, "Authorization="+token)
					if diff := cmp.Diff(want, native); diff != "" {
						t.Errorf("the native verifier refuses (-want +got):\n%s", diff)
					}
				})
			}
		})
	}
}

// TestE2EVerifyAsksForHeaders pins that verify says which header a contract
// lacks since it was a secret, and that it fails without.
func TestE2EVerifyAsksForHeaders(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	u := startUpstream(t, "shop", shop.New())
	contract := recordShop(t, h, u, 7)
	r := h.pactape(t, "verify", contract, "--provider-url", u.url, "--upstream-ca", u.ca).want(t, 1)
	if !strings.Contains(r.stdout, "--header 'Authorization: ") || !strings.Contains(r.stdout, "2 of 7 interaction(s) failed") {
		t.Errorf("verify said:\n%s", r.stdout)
	}
	data, err := os.ReadFile(contract)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "open sesame") || !strings.Contains(string(data), `"GET, HEAD"`) && !strings.Contains(string(data), `"HEAD"`) {
		t.Errorf("contract:\n%s", data)
	}
	h.pactape(t, "verify", contract, "--provider-url", "https://nowhere.localhost:1").want(t, 1)
	h.pactape(t, "verify", h.path("none.json"), "--provider-url", u.url).want(t, 2)
}
