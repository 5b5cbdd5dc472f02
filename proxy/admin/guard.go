package admin

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"
)

// guard keeps foreign hands off the API; see the package comment.
func (s *server) guard(r *http.Request, who access) error {
	if who == anybody {
		return nil
	}
	if s.Token != "" && !s.tokenGiven(r) {
		return &failure{status: http.StatusUnauthorized, text: "Unauthorized for control plane"} // MockServer's words
	}
	if s.ClientCert && (r.TLS == nil || len(r.TLS.VerifiedChains) == 0) {
		return &failure{
			status: http.StatusUnauthorized,
			text:   "Unauthorized for control plane - call it by https, with a client certificate",
		}
	}
	if who != guarded {
		return nil
	}
	if !s.OwnHost(r.Host) {
		return forbidden("the Host header names " + quote(r.Host) +
			", which is not a name of this server; call it by a loopback name, or allow the name with --admin-host")
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		if !s.mayCall(origin) {
			return forbidden("calls by pages of " + quote(origin) + " are refused; allow its host with --admin-host, or switch CORS on")
		}
		return nil
	}
	// A page that makes a GET without asking to read the answer sends no
	// Origin, but browsers say where it comes from (Fetch Metadata §2.3).
	if strings.EqualFold(r.Header.Get("Sec-Fetch-Site"), "cross-site") {
		return forbidden("calls by pages of other sites are refused")
	}
	return nil
}

func forbidden(text string) error {
	return &failure{status: http.StatusForbidden, text: text}
}

func (s *server) tokenGiven(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "Bearer") &&
		subtle.ConstantTimeCompare([]byte(strings.TrimSpace(token)), []byte(s.Token)) == 1
}

// ownOrigin reports whether an Origin header names a host of ours. "null",
// which pages without one of their own send, does not.
func (s *server) ownOrigin(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && s.OwnHost(u.Host)
}
