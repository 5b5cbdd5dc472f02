package settings

import (
	"fmt"
	"net/http"
	"strings"
)

// CORS are the settings of cross-origin requests (Fetch standard §3.2,
// MockServer 7 CORSHeaders). The zero value lets nobody in.
type CORS struct {
	// API lets pages of other origins call the admin API.
	API bool
	// AllResponses lets them read every answer that is not the upstream's own
	// decision: preflights are answered, and answers get the headers.
	AllResponses bool
	// Origin is the one that may; "" is any.
	Origin string
	// Methods and Headers are comma lists; "" are MockServer's.
	Methods, Headers string
	// Credentials lets them send cookies and the like.
	Credentials bool
	// MaxAge is how long a preflight is good for, in seconds.
	MaxAge int
}

func (c *CORS) check() error {
	if c.MaxAge < 0 {
		return fmt.Errorf("corsMaxAgeInSeconds must not be negative but is %d", c.MaxAge)
	}
	for name, value := range map[string]string{"corsAllowOrigin": c.Origin, "corsAllowMethods": c.Methods, "corsAllowHeaders": c.Headers} {
		if strings.ContainsAny(value, "\r\n\x00") {
			return fmt.Errorf("%s must be one line", name)
		}
	}
	return nil
}

// Allows reports whether the origin may.
func (c *CORS) Allows(origin string) bool {
	return c.Origin == "" || c.Origin == "*" || strings.EqualFold(c.Origin, origin)
}

// IsPreflight reports whether r asks for a permission only (Fetch standard
// §4.8).
func IsPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

// MockServer's lists.
const (
	defaultMethods = "CONNECT, DELETE, GET, HEAD, OPTIONS, POST, PUT, PATCH, TRACE"
	defaultHeaders = "Allow, Content-Encoding, Content-Length, Content-Type, ETag, Expires, Last-Modified, Location, Server, Vary, Authorization"
)

// Permit adds to h the headers that let the page which sent r read the answer.
// Those that are there already are kept.
func (c *CORS) Permit(h http.Header, r *http.Request) {
	origin := c.Origin
	if origin == "" {
		if origin = r.Header.Get("Origin"); origin == "" {
			origin = "*"
		} else {
			h.Add("Vary", "Origin")
		}
	}
	methods, headers := c.Methods, c.Headers
	if methods == "" {
		methods = defaultMethods
	}
	switch requested := r.Header.Get("Access-Control-Request-Headers"); {
	case headers == "" && requested != "":
		headers = requested
	case headers == "":
		headers = defaultHeaders
	case requested != "":
		headers += ", " + requested
	}
	for _, field := range [...][2]string{
		{"Access-Control-Allow-Origin", origin},
		{"Access-Control-Allow-Methods", methods},
		{"Access-Control-Allow-Headers", headers},
		{"Access-Control-Expose-Headers", headers},
		{"Access-Control-Max-Age", fmt.Sprint(c.MaxAge)},
	} {
		setDefault(h, field[0], field[1])
	}
	if c.Credentials {
		setDefault(h, "Access-Control-Allow-Credentials", "true")
	}
}

func setDefault(h http.Header, name, value string) {
	if h.Get(name) == "" {
		h.Set(name, value)
	}
}
