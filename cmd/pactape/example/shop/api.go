// Package shop is a small HTTPS API and a client of it, to try pactape on:
// a login that returns a token, reads that need it, entity tags, two pages of
// one list, and an export job that is polled until it is done.
//
// The API is deterministic but for its tokens, so a contract recorded from it
// holds until somebody changes it. It is not a model of how to write an API,
// and its login takes any password.
package shop

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
)

// An API is the shop. It is safe for concurrent use.
type API struct {
	mux *http.ServeMux

	mu     sync.Mutex
	tokens map[string]string // token to user name
	polls  map[string]int    // user name to polls of the export job
}

// New returns an API without any session.
func New() *API {
	a := &API{mux: http.NewServeMux(), tokens: make(map[string]string), polls: make(map[string]int)}
	a.mux.HandleFunc("POST /login", a.login)
	a.mux.HandleFunc("GET /me", a.me)
	a.mux.HandleFunc("GET /items", a.items)
	a.mux.HandleFunc("/items", a.notAllowed)
	a.mux.HandleFunc("GET /items/{id}", a.item)
	a.mux.HandleFunc("GET /exports/7", a.export)
	return a
}

func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

func (a *API) login(w http.ResponseWriter, r *http.Request) {
	var credentials struct{ User, Password string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&credentials); err != nil || credentials.User == "" || credentials.Password == "" {
		write(w, http.StatusBadRequest, map[string]any{"error": "user and password are wanted"})
		return
	}
	token := rand.Text()
	a.mu.Lock()
	a.tokens[token] = credentials.User
	a.mu.Unlock()
	write(w, http.StatusOK, map[string]any{"token": token, "expires_in": 3600})
}

// user is the name behind the request's token; without one it answers 401.
func (a *API) user(w http.ResponseWriter, r *http.Request) (string, bool) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	a.mu.Lock()
	name, ok := a.tokens[token]
	a.mu.Unlock()
	if !ok {
		w.Header().Set("WWW-Authenticate", `Bearer realm="shop"`)
		write(w, http.StatusUnauthorized, map[string]any{"error": "log in first"})
	}
	return name, ok
}

func (a *API) me(w http.ResponseWriter, r *http.Request) {
	if name, ok := a.user(w, r); ok {
		write(w, http.StatusOK, map[string]any{"name": name, "basket": []any{map[string]any{"item": 1, "count": len(name)}}})
	}
}

func (a *API) items(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "public, max-age=60")
	if r.URL.Query().Get("page") == "2" {
		write(w, http.StatusOK, map[string]any{"page": 2, "items": []any{map[string]any{"id": 3, "name": "lamp", "price": 35.5}}})
		return
	}
	write(w, http.StatusOK, map[string]any{"page": 1, "items": []any{
		map[string]any{"id": 1, "name": "chair", "price": 80},
		map[string]any{"id": 2, "name": "table", "price": 240},
	}})
}

func (a *API) notAllowed(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", "GET, HEAD")
	write(w, http.StatusMethodNotAllowed, map[string]any{"error": "items can only be read"})
}

func (a *API) item(w http.ResponseWriter, r *http.Request) {
	const tag = `"v1"`
	if r.PathValue("id") != "1" {
		write(w, http.StatusNotFound, map[string]any{"error": "no such item"})
		return
	}
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	write(w, http.StatusOK, map[string]any{"id": 1, "name": "chair", "price": 80})
}

// export is the polled resource: queued, running, then done for good.
func (a *API) export(w http.ResponseWriter, r *http.Request) {
	name, ok := a.user(w, r)
	if !ok {
		return
	}
	states := []string{"queued", "running", "done"}
	a.mu.Lock()
	state := states[min(a.polls[name], len(states)-1)]
	a.polls[name]++
	a.mu.Unlock()
	write(w, http.StatusOK, map[string]any{"id": 7, "state": state})
}

func write(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data) // the client may be gone
}
