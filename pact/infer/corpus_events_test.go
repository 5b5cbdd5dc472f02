package infer_test

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// An events API has UUIDs, dates of several forms, members that are null or
// left out, maps whose names are ids, and lists of different things.
type events struct {
	fake
	mux    *http.ServeMux
	events map[string]object
	audits int
}

func newEvents(seed uint64) provider {
	e := &events{fake: newFake(seed), mux: http.NewServeMux(), events: make(map[string]object)}
	for range 6 {
		e.add("first " + e.word())
	}
	e.mux.HandleFunc("GET /events", e.list)
	e.mux.HandleFunc("POST /events", e.post)
	e.mux.HandleFunc("GET /events/{id}", e.get)
	e.mux.HandleFunc("PUT /events/{id}", e.put)
	e.mux.HandleFunc("GET /events/{id}/audit", e.audit)
	e.mux.HandleFunc("GET /me", e.me)
	return e
}

func (e *events) ServeHTTP(w http.ResponseWriter, r *http.Request) { e.mux.ServeHTTP(w, r) }

func (e *events) add(title string) string {
	id := e.uuid()
	attendees := object{}
	for range 1 + e.IntN(3) {
		attendees[e.uuid()] = object{"name": e.word(), "role": e.pick("host", "guest"), "confirmed": e.IntN(2) == 0}
	}
	event := object{
		"id": id, "title": title, "starts_at": e.time(), "updated": e.time()[:19] + ".123Z", "day": e.date(),
		"capacity": 1 + e.IntN(500), "online": e.IntN(2) == 0, "attendees": attendees, "ends_at": nil,
		"venue":  object{"name": e.word(), "position": object{"lat": e.Float64() * 89, "lon": e.Float64() * 179}},
		"labels": e.words(1, 3), "blocks": []any{object{"type": "text", "id": e.uuid(), "text": e.word()}, object{"type": "image", "id": e.uuid()}},
		"revision": "rev-" + strconv.Itoa(e.IntN(99)),
	}
	if e.IntN(2) == 0 {
		event["ends_at"] = e.time()
		event["note"] = e.word()
	}
	e.events[id] = event
	return id
}

func (e *events) list(w http.ResponseWriter, _ *http.Request) {
	list := []any{}
	for _, id := range shuffledKeys(e.fake, e.events)[:2+e.IntN(3)] {
		list = append(list, e.events[id])
	}
	answer(w, http.StatusOK, object{"events": list, "generated": e.time()})
}

func (e *events) post(w http.ResponseWriter, r *http.Request) {
	var in object
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in["title"] == nil {
		answer(w, http.StatusBadRequest, object{"error": "title is missing", "request": e.uuid()})
		return
	}
	id := e.add("posted " + e.word())
	w.Header().Set("Location", "/events/"+id)
	answer(w, http.StatusCreated, e.events[id])
}

func (e *events) get(w http.ResponseWriter, r *http.Request) {
	if event, ok := e.events[r.PathValue("id")]; ok {
		answer(w, http.StatusOK, event)
		return
	}
	answer(w, http.StatusNotFound, object{"error": "no such event", "request": e.uuid()})
}

func (e *events) put(w http.ResponseWriter, r *http.Request) {
	event := e.events[r.PathValue("id")]
	if event == nil {
		event = e.events[e.add("put")]
	}
	answer(w, http.StatusOK, event)
}

func (e *events) audit(w http.ResponseWriter, _ *http.Request) {
	log := []any{}
	e.audits++
	for i := range e.audits % 4 {
		log = append(log, object{"at": e.time(), "by": e.uuid(), "seq": i})
	}
	answer(w, http.StatusOK, object{"log": log, "mixed": []any{1, "two", nil, true}, "unused": []any{}})
}

func (e *events) me(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, object{"id": e.uuid(), "name": e.word(), "address": "10.0.0." + strconv.Itoa(e.IntN(255))})
}

func (e *events) state(name string, _ map[string]string) map[string]string {
	if name == "event exists" {
		return map[string]string{"uuid": e.add("state " + e.word())}
	}
	return map[string]string{"uuid": e.uuid()}
}

func eventsCorpus() corpus {
	const list, one = `^/events$`, `^/events/[^/]+$`
	return corpus{
		name: "events", start: newEvents, drive: driveEvents,
		breakages: map[string]target{
			"rename top":           {"GET", one, "title"},
			"rename in item":       {"GET", list, "events.0.title"},
			"drop required":        {"GET", `^/me$`, "name"},
			"drop object":          {"GET", one, "venue"},
			"number to string":     {"GET", one, "venue.position.lat"},
			"string to number":     {"GET", one, "revision"},
			"integer to decimal":   {"GET", one, "capacity"},
			"object to list":       {"GET", one, "attendees"},
			"list to object":       {"GET", one, "labels"},
			"list becomes empty":   {"GET", list, "events"},
			"null":                 {"GET", one, "day"},
			"boolean to string":    {"GET", one, "online"},
			"UUID to integer":      {"GET", one, "id"},
			"time to epoch":        {"GET", one, "starts_at"},
			"time without zone":    {"GET", one, "updated"},
			"200 to 204":           {"GET", `^/me$`, ""},
			"404 to 200":           {"GET", one, ""},
			"content type changes": {"GET", list, ""},
			"prefix lost":          {"GET", `^/events`, ""},
			"Location disappears":  {"POST", list, ""},
		},
	}
}

func driveEvents(c *client) {
	for i := range 8 {
		c.get("/events")
		body := `{"title":"t` + strconv.Itoa(i) + `","day":"2031-01-0` + strconv.Itoa(i+1) + `","limit":null}`
		if i%2 == 0 {
			body = `{"title":"t","day":"2031-01-02","limit":` + strconv.Itoa(i) + `}`
		}
		id := at(c.post("/events", body), "id")
		c.get("/events/" + id)
		c.get("/events/" + id + "/audit")
		c.do(http.MethodPut, "/events/"+id, "application/json", `{"title":"renamed","tags":["a","b"]}`)
		c.get("/me")
		c.get("/events/" + newFake(c.rand.Uint64()).uuid())
	}
	c.post("/events", `{"day":"2031-01-01"}`)
}
