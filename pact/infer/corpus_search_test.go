package infer_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// shuffledKeys are the keys of a map in an order that the seed decides.
func shuffledKeys[K int | string, V any](f fake, m map[K]V) []K {
	keys := slices.Sorted(maps.Keys(m))
	f.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	return keys
}

// A search is paginated, with filters, facets whose names are data, and
// cursors.
type search struct {
	fake
	mux *http.ServeMux
}

func newSearch(seed uint64) provider {
	s := &search{fake: newFake(seed), mux: http.NewServeMux()}
	s.mux.HandleFunc("GET /api/2/search", s.find)
	s.mux.HandleFunc("GET /api/2/suggest", s.suggest)
	s.mux.HandleFunc("GET /api/2/documents/{id}", s.document)
	s.mux.HandleFunc("POST /api/2/searches", s.save)
	return s
}

func (s *search) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Ratelimit-Remaining", strconv.Itoa(s.IntN(1000)))
	w.Header().Set("Server", "search/"+strconv.Itoa(s.IntN(9)))
	s.mux.ServeHTTP(w, r)
}

func (s *search) find(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("q") == "" {
		answer(w, http.StatusBadRequest, object{"type": "https://errors.test/q", "title": "q is missing", "status": 400, "instance": s.uuid()})
		return
	}
	hits := []any{}
	for range 1 + s.IntN(4) {
		hits = append(hits, object{
			"id": s.uuid(), "title": s.word(), "score": s.Float64() + 0.001, "published": s.time(), "open": s.IntN(2) == 0,
			"author":     object{"name": s.word(), "email": s.word() + "@example.org", "works": s.IntN(90)},
			"highlights": s.words(1, 3), "size": s.IntN(1 << 20), "url": "https://docs.test/" + s.uuid(),
		})
	}
	facets := object{}
	for range 2 + s.IntN(5) {
		facets["f-"+s.word()] = object{"count": s.IntN(100), "share": s.IntN(100)}
	}
	cursor := base64.RawURLEncoding.EncodeToString([]byte(s.uuid()))
	answer(w, http.StatusOK, object{
		"took_ms": s.IntN(100), "total": 10 + s.IntN(1000), "hits": hits, "facets": facets,
		"paging": object{"cursor": cursor, "more": s.IntN(2) == 0, "limit": 10},
	})
}

func (s *search) suggest(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, s.words(1, 6))
}

func (s *search) document(w http.ResponseWriter, r *http.Request) {
	if id := r.PathValue("id"); id[0] == '0' {
		answer(w, http.StatusNotFound, object{"type": "https://errors.test/none", "title": "no such document", "status": 404, "instance": s.uuid()})
		return
	}
	answer(w, http.StatusOK, object{
		"id": r.PathValue("id"), "title": s.word(), "pages": 1 + s.IntN(400), "published": s.time(), "open": s.IntN(2) == 0,
		"publisher": object{"name": s.word(), "since": s.date()}, "chapters": []any{object{"no": 1, "title": s.word()}, object{"no": 2, "title": s.word()}},
	})
}

func (s *search) save(w http.ResponseWriter, _ *http.Request) {
	id := s.uuid()
	w.Header().Set("Location", "/api/2/searches/"+id)
	answer(w, http.StatusCreated, object{"id": id, "created": s.time()})
}

func (s *search) state(name string, _ map[string]string) map[string]string {
	if name == "document does not exist" {
		return map[string]string{"uuid": "00000000" + s.uuid()[8:]}
	}
	return map[string]string{"uuid": "1" + s.uuid()[1:]}
}

func searchCorpus() corpus {
	const found, one = `^/api/2/search$`, `^/api/2/documents/`
	return corpus{
		name: "search", start: newSearch, drive: driveSearch,
		breakages: map[string]target{
			"rename top":           {"GET", found, "total"},
			"rename in item":       {"GET", found, "hits.0.title"},
			"drop required":        {"GET", one, "pages"},
			"drop object":          {"GET", found, "paging"},
			"number to string":     {"GET", found, "took_ms"},
			"string to number":     {"GET", found, "hits.0.title"},
			"integer to decimal":   {"GET", one, "pages"},
			"object to list":       {"GET", found, "facets"},
			"list to object":       {"GET", found, "hits"},
			"list becomes empty":   {"GET", one, "chapters"},
			"null":                 {"GET", found, "hits.0.author.name"},
			"boolean to string":    {"GET", one, "open"},
			"UUID to integer":      {"GET", found, "hits.0.id"},
			"time to epoch":        {"GET", one, "published"},
			"time without zone":    {"GET", found, "hits.0.published"},
			"200 to 204":           {"GET", `^/api/2/suggest$`, ""},
			"404 to 200":           {"GET", one, ""},
			"content type changes": {"GET", `^/api/2/suggest$`, ""},
			"prefix lost":          {"GET", `^/api/2/`, ""},
			"Location disappears":  {"POST", `^/api/2/searches$`, ""},
		},
	}
}

func driveSearch(c *client) {
	for i := range 12 {
		pairs := []string{"q", fmt.Sprint("word", i)}
		if i%2 == 0 {
			pairs = append(pairs, "lang", []string{"de", "en"}[i/2%2])
		}
		if i%3 == 0 {
			pairs = append(pairs, "page", strconv.Itoa(i))
		}
		found := c.get("/api/2/search?" + query(pairs...))
		hits, _ := found.Get("hits")
		c.get("/api/2/documents/1" + at(hits, "0", "id")[1:])
		c.get("/api/2/suggest?" + query("q", fmt.Sprint("w", i)))
		c.post("/api/2/searches", fmt.Sprintf(`{"q":"word%d","notify":%t,"filters":[{"field":"lang","values":["de"]}]}`, i, i%2 == 0))
	}
	c.get("/api/2/search?lang=de")
	c.get("/api/2/search?lang=en")
	for range 3 {
		c.get("/api/2/documents/00000000" + newFake(c.rand.Uint64()).uuid()[8:])
	}
}
