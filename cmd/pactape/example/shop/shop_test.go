package shop_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pactape/pactape/cmd/pactape/example/shop"
)

func TestBrowse(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(shop.New())
	defer server.Close()
	steps, err := shop.Browse(t.Context(), server.Client(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		call   string
		status int
		body   string
	}{
		{"POST /login", 200, `"token"`},
		{"POST /login", 200, `"token"`},
		{"GET /me", 200, `"ada"`},
		{"GET /me", 200, `"bob"`},
		{"GET /items?page=1", 200, `"chair"`},
		{"GET /items?page=2", 200, `"lamp"`},
		{"DELETE /items", 405, `"error"`},
		{"GET /items/1", 200, `"chair"`},
		{"GET /items/1", 304, ``},
		{"GET /items/99", 404, `"error"`},
		{"GET /exports/7", 200, `"queued"`},
		{"GET /exports/7", 200, `"running"`},
		{"GET /exports/7", 200, `"done"`},
		{"GET /exports/7", 200, `"done"`},
	}
	if len(steps) != len(want) {
		t.Fatalf("%d steps, want %d", len(steps), len(want))
	}
	for i, w := range want {
		if got := steps[i]; got.Call != w.call || got.Status != w.status || !strings.Contains(got.Body, w.body) {
			t.Errorf("step %d: got %+v, want %+v", i, got, w)
		}
	}
}

func TestNoToken(t *testing.T) {
	t.Parallel()
	recorder := httptest.NewRecorder()
	shop.New().ServeHTTP(recorder, httptest.NewRequest("GET", "/me", nil))
	if recorder.Code != 401 || recorder.Header().Get("WWW-Authenticate") == "" {
		t.Errorf("got %d %v", recorder.Code, recorder.Header())
	}
}
