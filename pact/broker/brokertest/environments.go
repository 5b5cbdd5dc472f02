package brokertest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// A Stay is of a version in an environment, deployed or released.
type Stay struct {
	Application, Version, Environment string
	// Instance is the application instance of a deployment.
	Instance string
	Released bool
	id       int
}

// environments are those that there are.
func environments() []string { return []string{"test", "production"} }

// Deploy records that a version runs in an environment, in place of the one
// that did.
func (b *Broker) Deploy(application, version, environment string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stay(Stay{Application: application, Version: version, Environment: environment})
}

// Stays are the versions that are in environments, in the order of arrival.
func (b *Broker) Stays() []Stay { return snapshot(b, &b.stays) }

// stay adds a stay. A deployment ends the one before it.
func (b *Broker) stay(s Stay) *Stay {
	b.stays = slices.DeleteFunc(b.stays, func(old *Stay) bool {
		return !s.Released && !old.Released && old.Application == s.Application && old.Environment == s.Environment && old.Instance == s.Instance
	})
	b.lastStay++
	s.id = b.lastStay
	b.stays = append(b.stays, &s)
	return &s
}

func (b *Broker) routeEnvironments(mux *http.ServeMux) {
	mux.HandleFunc("GET /environments", b.listEnvironments)
	mux.HandleFunc("GET /environments/{environment}", b.environment)
	mux.HandleFunc("GET /pacticipants/{name}/versions/{version}", b.getVersion)
	for _, kind := range [...]string{"deployed", "released"} {
		mux.HandleFunc("GET /environments/{environment}/"+kind+"-versions", b.currentStays(kind == "released"))
		mux.HandleFunc("POST /pacticipants/{name}/versions/{version}/"+kind+"-versions/environment/{environment}", b.postStay(kind == "released"))
		mux.HandleFunc("PATCH /"+kind+"-versions/{id}", b.endStay)
	}
}

func (b *Broker) listEnvironments(w http.ResponseWriter, r *http.Request) {
	var links, embedded []any
	for _, name := range environments() {
		links = append(links, map[string]any{"name": name, "href": b.href(r, "/environments/"+name)})
		embedded = append(embedded, map[string]any{"name": name, "uuid": name})
	}
	answer(w, http.StatusOK, map[string]any{
		"_links": map[string]any{"pb:environments": links}, "_embedded": map[string]any{"environments": embedded},
	})
}

func (b *Broker) environment(w http.ResponseWriter, r *http.Request) {
	at := "/environments/" + r.PathValue("environment")
	answer(w, http.StatusOK, map[string]any{"name": r.PathValue("environment"), "_links": map[string]any{
		"pb:currently-deployed-deployed-versions":  b.link(r, at+"/deployed-versions"),
		"pb:currently-supported-released-versions": b.link(r, at+"/released-versions"),
	}})
}

// getVersion has the links by which stays are recorded.
func (b *Broker) getVersion(w http.ResponseWriter, r *http.Request) {
	name, number := r.PathValue("name"), r.PathValue("version")
	if !slices.ContainsFunc(b.versions, func(v *Version) bool { return v.Application == name && v.Number == number }) {
		answer(w, http.StatusNotFound, map[string]any{"error": "The requested document was not found on this server."})
		return
	}
	at := "/pacticipants/" + url.PathEscape(name) + "/versions/" + url.PathEscape(number)
	var deployed, released []any
	for _, environment := range environments() {
		deployed = append(deployed, map[string]any{"name": environment, "href": b.href(r, at+"/deployed-versions/environment/"+environment)})
		released = append(released, map[string]any{"name": environment, "href": b.href(r, at+"/released-versions/environment/"+environment)})
	}
	answer(w, http.StatusOK, map[string]any{"number": number, "_links": map[string]any{
		"pb:record-deployment": deployed, "pb:record-release": released,
	}})
}

func (b *Broker) postStay(released bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body struct{ ApplicationInstance string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			refuse(w, http.StatusBadRequest, "body", err.Error())
			return
		}
		s := b.stay(Stay{
			Application: r.PathValue("name"), Version: r.PathValue("version"), Environment: r.PathValue("environment"),
			Instance: body.ApplicationInstance, Released: released,
		})
		answer(w, http.StatusCreated, b.stayValue(r, s))
	}
}

func (b *Broker) stayValue(r *http.Request, s *Stay) map[string]any {
	kind := "deployed"
	if s.Released {
		kind = "released"
	}
	value := map[string]any{
		"uuid":   strconv.Itoa(s.id),
		"_links": map[string]any{"self": b.link(r, "/"+kind+"-versions/"+strconv.Itoa(s.id))},
		"_embedded": map[string]any{
			"version": map[string]any{"number": s.Version}, "pacticipant": map[string]any{"name": s.Application},
		},
	}
	if s.Instance != "" {
		value["applicationInstance"], value["target"] = s.Instance, s.Instance
	}
	return value
}

func (b *Broker) currentStays(released bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		list := []any{}
		for _, s := range b.stays {
			if s.Released == released && s.Environment == r.PathValue("environment") && s.Application == query.Get("pacticipant") &&
				(!query.Has("version") || s.Version == query.Get("version")) {
				list = append(list, b.stayValue(r, s))
			}
		}
		name := "deployedVersions"
		if released {
			name = "releasedVersions"
		}
		answer(w, http.StatusOK, map[string]any{"_embedded": map[string]any{name: list}})
	}
}

// endStay takes merge patches alone (RFC 7396), as the broker does.
func (b *Broker) endStay(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Content-Type") != "application/merge-patch+json" {
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return
	}
	var body struct{ CurrentlyDeployed, CurrentlySupported *bool }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		refuse(w, http.StatusBadRequest, "body", err.Error())
		return
	}
	for i, s := range b.stays {
		current := body.CurrentlyDeployed
		if s.Released {
			current = body.CurrentlySupported
		}
		if strconv.Itoa(s.id) == r.PathValue("id") && current != nil && !*current {
			b.stays = slices.Delete(b.stays, i, i+1)
			answer(w, http.StatusOK, b.stayValue(r, s))
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
}
