package main_test

import (
	"compress/gzip"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/cmd/pactape/example/shop"
)

// gzipped compresses answers for clients that accept it.
func gzipped(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		maps.Copy(w.Header(), rec.Header())
		w.Header().Set("Vary", "Accept-Encoding")
		if rec.Body.Len() == 0 || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.WriteHeader(rec.Code)
			_, _ = w.Write(rec.Body.Bytes())
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(rec.Code)
		compressed := gzip.NewWriter(w)
		_, _ = compressed.Write(rec.Body.Bytes())
		_ = compressed.Close()
	})
}

// settled leaves out of answers what may differ between a recording and
// its replay: the clock, how the body is framed and compressed on the
// connection, and secrets.
func settled(all []seen) []seen {
	token := regexp.MustCompile(`"token":"[^"]*"`)
	all = slices.Clone(all)
	for i := range all {
		all[i].Header = all[i].Header.Clone()
		for _, name := range []string{"Date", "Content-Length", "Transfer-Encoding", "Content-Encoding", "Connection"} {
			all[i].Header.Del(name)
		}
		all[i].Body = token.ReplaceAllString(all[i].Body, `"token":"SECRET"`)
	}
	return all
}

// TestE2EReplay records a visit of the shop and replays it with the shop
// stopped: the client has the same answers, whether it took them compressed
// or not, and as often as it likes.
func TestE2EReplay(t *testing.T) {
	t.Parallel()
	for _, coding := range []string{"", "gzip"} {
		t.Run("coding "+coding, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			u := startUpstream(t, "shop", gzipped(shop.New()))
			flags := []string{"--session", "visit", "--upstream-ca", u.ca, "--out", h.path("out")}
			live, r := runChild[[]seen](t, h, flags, "browse", u.url, coding)
			r.says(t, "14 exchanges with 1 host")
			if compressed := live[4].Header.Get("Content-Encoding") == "gzip"; compressed != (coding == "gzip") {
				t.Fatalf("recorded with %v", live[4].Header)
			}
			u.stop()
			for range 2 {
				replayed, _ := runChild[[]seen](t, h, append(flags, "--mode", "SIMULATE"), "browse", u.url, coding)
				if diff := cmp.Diff(settled(live), settled(replayed)); diff != "" {
					t.Errorf("replayed answers (-recorded +replayed):\n%s", diff)
				}
				if live[0].Body == replayed[0].Body || replayed[0].Body == replayed[1].Body {
					t.Errorf("tokens: recorded %s, replayed %s and %s", live[0].Body, replayed[0].Body, replayed[1].Body)
				}
			}
		})
	}
}

// TestE2EReplayOtherCoding replays to a client that takes compressed answers
// what was recorded from one that does not, and the other way round.
func TestE2EReplayOtherCoding(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	u := startUpstream(t, "shop", gzipped(shop.New()))
	flags := []string{"--session", "visit", "--upstream-ca", u.ca, "--out", h.path("out")}
	live, _ := runChild[[]seen](t, h, flags, "browse", u.url, "gzip")
	u.stop()
	replayed, _ := runChild[[]seen](t, h, append(flags, "--mode", "SIMULATE"), "browse", u.url)
	if diff := cmp.Diff(settled(live), settled(replayed)); diff != "" {
		t.Errorf("replayed answers (-recorded +replayed):\n%s", diff)
	}
	for _, a := range replayed {
		if coding := a.Header.Get("Content-Encoding"); coding != "" {
			t.Errorf("%s: %s for a client that did not ask for it", a.Call, coding)
		}
	}
}

// TestE2EReplayTemplate replays a visit of the shop to a client that asks for
// another item than the recorded one: by --replay=template it has the answer
// with its own id, by default it has none.
func TestE2EReplayTemplate(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	u := startUpstream(t, "shop", shop.New())
	runChild[[]seen](t, h, []string{"--session", "visit", "--upstream-ca", u.ca, "--out", h.path("out")}, "browse", u.url)
	u.stop()
	for _, tc := range []struct {
		replay string
		want   map[string]string // "" is not found
	}{
		{"literal", map[string]string{"/items/1": `"id":1`, "/items/7": ""}},
		{"template", map[string]string{
			"/items/1": `"id":1`, "/items/7": `{"id":7,"name":"chair","price":80}`, "/items/99": `no such item`, "/items/me": "", "/items/7/more": "",
		}},
	} {
		t.Run(tc.replay, func(t *testing.T) {
			s := h.serve(t, "--mode", "SIMULATE", "--replay", tc.replay)
			proxy := s.proxy("")
			proxy.User = url.UserPassword("visit", "x")
			client := through(t, proxy, h.path("home", "ca.pem"))
			for target, want := range tc.want {
				a, err := send(t.Context(), client, http.MethodGet, u.url+target, "")
				if err != nil {
					t.Fatal(err)
				}
				if want == "" && a.status != http.StatusNotFound || !strings.Contains(a.body, want) {
					t.Errorf("%s: %d %s, want %q", target, a.status, a.body, want)
				}
				from := ""
				if target == "/items/7" && want != "" {
					from = "/items/1"
				}
				if got := a.header.Get("X-Pactape-Replayed"); got != from {
					t.Errorf("%s: replayed from %q, want %q", target, got, from)
				}
			}
			s.interrupt(t)
		})
	}
	h.pactape(t, "serve", "--replay", "fuzzy").want(t, 2)
}
