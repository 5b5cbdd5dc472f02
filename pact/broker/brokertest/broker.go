package brokertest

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A Broker is an [http.Handler]. Set its fields before it serves; the zero
// value wants no credentials and has all relations.
type Broker struct {
	// Prefix is a context path, e.g. "/pacts/broker".
	Prefix string
	// Token, or Username and Password, are wanted of every call.
	Token, Username, Password string
	// Old leaves out what brokers before 2.86 lack: publishing in one call,
	// selectors and branches.
	Old bool
	// Immutable refuses to change the content of a contract's version.
	Immutable bool

	once sync.Once
	mux  http.Handler
	mu   sync.Mutex
	data
}

// data is all that the broker knows, in the order of arrival.
type data struct {
	versions []*Version
	pacts    []*Pact
	results  []*Result
	stays    []*Stay
	lastStay int
	calls    []string
}

// A Version is a version of an application.
type Version struct {
	Application, Number, BuildURL string
	Branches, Tags                []string
}

// A Pact is a published contract.
type Pact struct {
	Consumer, Provider, Version string
	// SHA is of the content; equal contents share it.
	SHA string
	// Content is the document as published.
	Content jsondoc.Value
}

// A Result is a published verification result.
type Result struct {
	Consumer, Provider, SHA, ProviderVersion string
	Success                                  bool
	// Body is the call's.
	Body json.RawMessage
	// Branches and Tags are what the provider's version had by then.
	Branches, Tags []string
}

// Versions are the versions known, in the order of arrival.
func (b *Broker) Versions() []Version { return snapshot(b, &b.versions) }

// Pacts are the contracts published, in the order of arrival.
func (b *Broker) Pacts() []Pact { return snapshot(b, &b.pacts) }

// Results are the results published, in the order of arrival.
func (b *Broker) Results() []Result { return snapshot(b, &b.results) }

// Calls are the calls so far, as "METHOD /path", without the prefix.
func (b *Broker) Calls() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.calls)
}

func snapshot[T any](b *Broker, list *[]*T) []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]T, 0, len(*list))
	for _, item := range *list {
		out = append(out, *item)
	}
	return out
}

// ServeHTTP answers one call.
func (b *Broker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.once.Do(func() { b.mux = b.routes() })
	if !b.admitted(r) {
		w.Header().Set("WWW-Authenticate", `Basic realm="broker"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.URL.Path == b.Prefix {
		r.URL.Path += "/" // the base URL without a slash is the index, too
	}
	b.calls = append(b.calls, r.Method+" "+strings.TrimPrefix(r.URL.EscapedPath(), b.Prefix))
	http.StripPrefix(b.Prefix, b.mux).ServeHTTP(w, r)
}

func (b *Broker) admitted(r *http.Request) bool {
	if b.Token != "" {
		return same(r.Header.Get("Authorization"), "Bearer "+b.Token)
	}
	user, password, _ := r.BasicAuth()
	return b.Username == "" || same(user, b.Username) && same(password, b.Password)
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func (b *Broker) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", b.index)
	mux.HandleFunc("PUT /pacts/provider/{provider}/consumer/{consumer}/version/{version}", b.putPact)
	mux.HandleFunc("PATCH /pacts/provider/{provider}/consumer/{consumer}/version/{version}", b.putPact)
	mux.HandleFunc("GET /pacts/provider/{provider}/consumer/{consumer}/pact-version/{sha}", b.getPact)
	mux.HandleFunc("GET /pacts/provider/{provider}/latest", b.latest)
	mux.HandleFunc("GET /pacts/provider/{provider}/latest/{tag}", b.latest)
	mux.HandleFunc("POST /pacts/provider/{provider}/consumer/{consumer}/pact-version/{sha}/verification-results", b.putResult)
	mux.HandleFunc("GET /pacticipants/{name}", b.pacticipant)
	mux.HandleFunc("PUT /pacticipants/{name}/versions/{version}/tags/{tag}", b.tag)
	mux.HandleFunc("GET /matrix", b.matrix)
	if !b.Old {
		mux.HandleFunc("POST /contracts/publish", b.publish)
		mux.HandleFunc("GET /pacts/provider/{provider}/for-verification", b.forVerification)
		mux.HandleFunc("POST /pacts/provider/{provider}/for-verification", b.forVerification)
		b.routeEnvironments(mux)
		mux.HandleFunc("PUT /pacticipants/{name}/branches/{branch}/versions/{version}", b.branch)
	}
	return mux
}

// index has the relations.
func (b *Broker) index(w http.ResponseWriter, r *http.Request) {
	links := map[string]any{
		"self":                               b.link(r, ""),
		"pb:publish-pact":                    b.link(r, "/pacts/provider/{provider}/consumer/{consumer}/version/{consumerApplicationVersion}"),
		"pb:latest-provider-pacts":           b.link(r, "/pacts/provider/{provider}/latest"),
		"pb:latest-provider-pacts-with-tag":  b.link(r, "/pacts/provider/{provider}/latest/{tag}"),
		"pb:pacticipant":                     b.link(r, "/pacticipants/{pacticipant}"),
		"pb:pacticipant-version-tag":         b.link(r, "/pacticipants/{pacticipant}/versions/{version}/tags/{tag}"),
		"pb:pacticipant-version":             b.link(r, "/pacticipants/{pacticipant}/versions/{version}"),
		"curies":                             []any{map[string]any{"name": "pb", "href": b.href(r, "/doc/{rel}?context=index"), "templated": true}},
		"pb:can-i-deploy-pacticipant-to-tag": b.link(r, "/can-i-deploy?pacticipant={pacticipant}&version={version}&to={tag}"),
	}
	if !b.Old {
		links["pb:publish-contracts"] = b.link(r, "/contracts/publish")
		links["pb:provider-pacts-for-verification"] = b.link(r, "/pacts/provider/{provider}/for-verification")
		links["pb:environments"] = b.link(r, "/environments")
		links["pb:pacticipant-branch-version"] = b.link(r, "/pacticipants/{pacticipant}/branches/{branch}/versions/{version}")
	}
	answer(w, http.StatusOK, map[string]any{"_links": links})
}

func (b *Broker) pacticipant(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	at := "/pacticipants/" + url.PathEscape(name)
	links := map[string]any{"self": b.link(r, at), "pb:version-tag": b.link(r, at+"/versions/{version}/tags/{tag}")}
	if !b.Old {
		links["pb:branch-version"] = b.link(r, at+"/branches/{branch}/versions/{version}")
	}
	answer(w, http.StatusOK, map[string]any{"name": name, "_links": links})
}

func (b *Broker) tag(w http.ResponseWriter, r *http.Request) {
	v := b.version(r.PathValue("name"), r.PathValue("version"))
	v.Tags = insert(v.Tags, r.PathValue("tag"))
	answer(w, http.StatusCreated, map[string]any{"name": r.PathValue("tag")})
}

func (b *Broker) branch(w http.ResponseWriter, r *http.Request) {
	v := b.version(r.PathValue("name"), r.PathValue("version"))
	v.Branches = insert(v.Branches, r.PathValue("branch"))
	answer(w, http.StatusCreated, map[string]any{})
}

// version finds a version, or adds it.
func (b *Broker) version(application, number string) *Version {
	for _, v := range b.versions {
		if v.Application == application && v.Number == number {
			return v
		}
	}
	v := &Version{Application: application, Number: number}
	b.versions = append(b.versions, v)
	return v
}

func insert(list []string, item string) []string {
	if item == "" || slices.Contains(list, item) {
		return list
	}
	return append(list, item)
}

func (b *Broker) href(r *http.Request, path string) string {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return scheme + r.Host + b.Prefix + path
}

func (b *Broker) link(r *http.Request, path string) map[string]any {
	return map[string]any{"href": b.href(r, path), "templated": strings.Contains(path, "{")}
}

func answer(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/hal+json;charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

func refuse(w http.ResponseWriter, status int, field, text string) {
	answer(w, status, map[string]any{"errors": map[string]any{field: []string{text}}})
}
