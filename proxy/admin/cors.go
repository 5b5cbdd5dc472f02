package admin

import (
	"net/http"
	"slices"

	"github.com/pactape/pactape/proxy/settings"
)

// mayCall reports whether pages of an origin may call the API: those of our
// own hosts, and those that the settings let in.
func (s *server) mayCall(origin string) bool {
	if s.ownOrigin(origin) {
		return true
	}
	cors := s.Settings.Get().CORS
	return cors.API && cors.Allows(origin)
}

// permit adds to an answer what lets the page that asked read it, if the
// settings let its origin in. It reports whether this was all that was asked
// for: a preflight carries no token, and asks whether it may.
func (s *server) permit(w http.ResponseWriter, r *http.Request) (done bool) {
	origin := r.Header.Get("Origin")
	cors := s.Settings.Get().CORS
	if origin == "" || !cors.API || !cors.Allows(origin) || !s.OwnHost(r.Host) {
		return false
	}
	cors.Permit(w.Header(), r)
	if !settings.IsPreflight(r) || !callable(r.URL.Path) {
		return false
	}
	write(w, http.StatusOK, "", nil)
	return true
}

// callable reports whether there is a call of this path, by some method.
func callable(path string) bool {
	return omitted(path) != nil || slices.ContainsFunc(routes, func(known route) bool { return known.isAt(path) })
}
