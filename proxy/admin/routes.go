package admin

import (
	"net/http"
	"slices"
	"strings"
)

// prefix is where MockServer's control plane lives.
const prefix = "/mockserver"

// A route is one call of the API.
type route struct {
	// method is http.MethodGet or http.MethodPut; GET takes HEAD along.
	method string
	// path is below prefix.
	path   string
	handle func(*call) error
	// bare says whether the call is answered without the prefix too.
	bare bareForm
	// access says who may call.
	access access
	// spaceless says that the call is about the server, not about a session.
	spaceless bool
	// mend says what to do about a body that is too large, if more is to be
	// said than that.
	mend string
}

// Contracts and archives are the bodies that grow large by themselves.
const (
	mendPact   = "divide the interactions of the contract among several, of the same consumer and provider"
	mendImport = "divide what it holds among several calls"
)

// A bareForm is what a path without the prefix is to a call.
type bareForm uint8

const (
	// noBare: not a way to call it.
	noBare bareForm = iota
	// deprecatedBare: MockServer takes it, and says that it is deprecated.
	deprecatedBare
	// bareToo: it is as good.
	bareToo
)

// An access is who may make a call; see the package comment.
type access uint8

const (
	// guarded: who has the token, calls us by one of our names, and is not a
	// page of another host.
	guarded access = iota
	// anyHost: who has the token.
	anyHost
	// anybody: everybody.
	anybody
)

// routes is the whole API, one row a call.
var routes = []route{
	{method: http.MethodPut, path: "/expectation", handle: (*call).putExpectations, bare: deprecatedBare, mend: mendImport},
	{method: http.MethodPut, path: "/clear", handle: (*call).clear, bare: deprecatedBare},
	{method: http.MethodPut, path: "/reset", handle: (*call).reset, bare: deprecatedBare},
	{method: http.MethodPut, path: "/retrieve", handle: (*call).retrieve, bare: deprecatedBare},
	{method: http.MethodPut, path: "/verify", handle: (*call).verify, bare: deprecatedBare},
	{method: http.MethodPut, path: "/verifySequence", handle: (*call).verifySequence, bare: deprecatedBare},
	{method: http.MethodPut, path: "/status", handle: (*call).status, bare: deprecatedBare, spaceless: true},
	{method: http.MethodPut, path: "/bind", handle: (*call).bind, bare: deprecatedBare, spaceless: true},
	{method: http.MethodPut, path: "/stop", handle: (*call).stop, bare: deprecatedBare, spaceless: true},
	{method: http.MethodGet, path: "/configuration", handle: (*call).getConfiguration, bare: deprecatedBare},
	{method: http.MethodPut, path: "/configuration", handle: (*call).putConfiguration, bare: deprecatedBare},
	{method: http.MethodPut, path: "/debugMismatch", handle: (*call).debugMismatch, bare: deprecatedBare},
	{method: http.MethodGet, path: "/mode", handle: (*call).getMode, bare: deprecatedBare},
	{method: http.MethodPut, path: "/mode", handle: (*call).putMode, bare: deprecatedBare},
	{method: http.MethodPut, path: "/pact", handle: (*call).exportPact, bare: deprecatedBare},
	{method: http.MethodPut, path: "/pact/verify", handle: (*call).verifyPact, bare: deprecatedBare, mend: mendPact},
	{method: http.MethodPut, path: "/pact/import", handle: (*call).importPact, bare: deprecatedBare, mend: mendPact},
	{method: http.MethodGet, path: "/pact/states", handle: (*call).getStates},
	{method: http.MethodPut, path: "/pact/states", handle: (*call).putStates},
	{method: http.MethodPut, path: "/import", handle: (*call).importDocument, bare: deprecatedBare, mend: mendImport},
	{method: http.MethodPut, path: "/openapi", handle: (*call).putOpenAPI, bare: deprecatedBare},
	{method: http.MethodPut, path: "/pact/publish", handle: (*call).publishPact, bare: deprecatedBare},
	{method: http.MethodGet, path: "/scenario", handle: (*call).scenarios, bare: deprecatedBare},
	{method: http.MethodGet, path: "/scenario/{name}", handle: (*call).scenario},
	{method: http.MethodPut, path: "/scenario/{name}", handle: (*call).putScenario},
	{method: http.MethodPut, path: "/scenario/{name}/trigger", handle: (*call).triggerScenario},
	{method: http.MethodGet, path: callbackPath, handle: (*call).callback, bare: bareToo},
	{method: http.MethodGet, path: "/ca.pem", handle: (*call).ca, spaceless: true},
	{method: http.MethodGet, path: "/metrics", handle: (*call).metrics, bare: bareToo, access: anyHost, spaceless: true},
	{method: http.MethodGet, path: "/livez", handle: (*call).livez, bare: bareToo, access: anybody, spaceless: true},
	{method: http.MethodGet, path: "/readyz", handle: (*call).readyz, bare: bareToo, access: anybody, spaceless: true},
}

// probe is the call that the setting livenessHttpGetPath gives a path.
var probe = route{method: http.MethodGet, handle: (*call).status, access: anybody, spaceless: true}

// isProbe reports whether a request is one for that path.
func (s *server) isProbe(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.URL.Path == s.Settings.Get().LivenessPath
}

// methods are those a route answers to.
func (r *route) methods() []string {
	if r.method == http.MethodGet {
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{r.method}
}

// Alias reports whether a direct request is a call written without the prefix,
// as MockServer allows (PUT /reset) or has it (its callback WebSocket).
func Alias(method, path string) bool {
	for i := range routes {
		if r := &routes[i]; r.bare != noBare && r.method == method && r.path == path {
			return true
		}
	}
	return false
}

// isAt reports whether a path is the route's, in any form that it is called by.
func (r *route) isAt(path string) bool {
	return isTemplateOf(prefix+r.path, path) || r.bare != noBare && isTemplateOf(r.path, path)
}

// isTemplateOf reports whether a path has the segments of a template, of which
// {name} stands for any.
func isTemplateOf(template, path string) bool {
	wanted, got := strings.Split(template, "/"), strings.Split(path, "/")
	return slices.EqualFunc(wanted, got, func(want, segment string) bool {
		return want == segment || segment != "" && strings.HasPrefix(want, "{")
	})
}

// notFound answers what is no call of ours, or not by this method.
func (s *server) notFound(w http.ResponseWriter, r *http.Request) {
	if o := omitted(r.URL.Path); o != nil {
		s.leaveOut(w, r, o)
		return
	}
	text := "there is no call " + r.Method + " " + r.URL.EscapedPath()
	var instead []string
	for i := range routes {
		known := &routes[i]
		if known.isAt(r.URL.Path) {
			instead = append(instead, known.method+" "+prefix+known.path)
		}
	}
	if len(instead) > 0 {
		text += "; call " + strings.Join(instead, " or ")
	}
	write(w, http.StatusNotFound, contentText, []byte(text))
}
