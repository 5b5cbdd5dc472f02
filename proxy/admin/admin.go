package admin

import (
	"bytes"
	"context"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/gorilla/mux"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/infer"
	"github.com/pactape/pactape/proxy/settings"
)

// DefaultMaxBody bounds the body of an admin call, in bytes.
const DefaultMaxBody = 64 << 20

// Options configure [New].
type Options struct {
	// Spaces are what the calls work on. Required.
	Spaces *expectations.Spaces
	// OwnHost says whether a Host header, with or without port, names this
	// server: a loopback name, an address it listens on, or a name the
	// operator gave. Required.
	OwnHost func(host string) bool
	// Version is what status calls MockServer's version; clients take "".
	Version string
	// Ports returns the ports listened on, for status; nil: none.
	Ports func() []int
	// CA is the certificate of the authority, PEM; empty: there is none.
	CA []byte
	// Metrics answers scrapes; nil: there are none.
	Metrics http.Handler
	// Settings are what can be changed meanwhile; nil: the defaults, and
	// nothing can.
	Settings *settings.Live
	// Bind listens on further ports, 0 for a free one, and returns those it
	// took; all or none. nil: there are no others.
	Bind func(ctx context.Context, ports []int) ([]int, error)
	// Stop begins the end of the server, as SIGTERM does, and does not wait
	// for it. nil: it cannot be stopped by a call.
	Stop func()
	// Counts are MockServer's metrics by their names there; nil: there are
	// none.
	Counts func() map[string]int64
	// Callbacks serves programs that answer for expectations; nil: there are
	// none.
	Callbacks Callbacks
	// Token, if not empty, is the bearer token that every call but health
	// checks must carry.
	Token string
	// ClientCert says that every call but health checks must come over TLS with
	// a client certificate that the listener has verified.
	ClientCert bool
	// Export is the header policy of the Pact export, and the version of this
	// tool; names and filters come with the call.
	Export pact.ExportOptions
	// Samples are the recorded exchanges behind the captured expectations of a
	// space, in the order of recording, as they are when it is called. Nil:
	// there are none, and contracts hold what was captured as it is.
	Samples func(context.Context, *expectations.Space) iter.Seq2[infer.Sample, error]
	// Infer says how contracts generalise samples unless a call says
	// otherwise; headers are those of Export.
	Infer infer.Options
	// Publisher sends contracts to a Pact Broker; nil: there is none.
	Publisher Publisher
	// Ready says why the server cannot take traffic, in words that anybody
	// may read; nil when it can. A nil Ready always can.
	Ready func(context.Context) error
	// MaxBody bounds a call's body in bytes; 0 is [DefaultMaxBody].
	MaxBody int64
	// Logger is told of failures of our own, and of what an export leaves
	// out; nil discards.
	Logger *slog.Logger
}

type server struct {
	Options
	log *slog.Logger
}

// New returns the handler of everything addressed to pactape itself.
func New(o Options) http.Handler {
	s := &server{Options: o, log: o.Logger}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.MaxBody <= 0 {
		s.MaxBody = DefaultMaxBody
	}
	router := mux.NewRouter().SkipClean(true).UseEncodedPath()
	for i := range routes {
		r := &routes[i]
		router.Methods(r.methods()...).Path(prefix + r.path).Handler(s.handler(r, ""))
		switch r.bare {
		case noBare:
		case bareToo:
			router.Methods(r.methods()...).Path(r.path).Handler(s.handler(r, ""))
		case deprecatedBare:
			notice := `"` + r.path + `" is deprecated use "` + prefix + r.path + `" instead`
			router.Methods(r.methods()...).Path(r.path).Handler(s.handler(r, notice))
		}
	}
	router.NotFoundHandler = http.HandlerFunc(s.notFound)
	router.MethodNotAllowedHandler = router.NotFoundHandler
	return s.signed(router)
}

// signed adds to every answer the version that MockServer's has. It is blank
// unless one is set: clients refuse another version than their own, and take
// none. What is not found by a fixed path is answered here.
func (s *server) signed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Version"] = []string{s.Version}
		switch {
		case s.permit(w, r):
		case s.isProbe(r):
			s.handler(&probe, "").ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// A call is one request to the API on its way through a route's function.
type call struct {
	*server
	w http.ResponseWriter
	r *http.Request
	// query holds the parameters of the request's query.
	query url.Values
	// body is the request's body; `""` counts as empty, since MockServer's
	// Node client sends that for none.
	body []byte
	// space is nil for a spaceless route.
	space *expectations.Space
}

// handler wraps a route's function in what every call goes through. deprecated
// is the text of the header of that name (MockServer 7 HttpState), if any.
func (s *server) handler(to *route, deprecated string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if deprecated != "" {
			w.Header().Set("deprecated", deprecated)
		}
		c := &call{server: s, w: w, r: r}
		if err := c.run(to); err != nil {
			s.fail(w, r, err)
		}
	})
}

func (c *call) run(to *route) error {
	if err := c.guard(c.r, to.access); err != nil {
		return err
	}
	var err error
	if c.query, err = url.ParseQuery(c.r.URL.RawQuery); err != nil {
		return badRequest("the query of the URL is malformed: " + err.Error())
	}
	if to.spaceless {
		return to.handle(c)
	}
	if c.body, err = c.readBody(to.mend); err != nil {
		return err
	}
	if c.space, err = c.resolve(); err != nil {
		return err
	}
	return to.handle(c)
}

// readBody returns the body without a byte order mark, which some shells
// write (RFC 8259 §8.1).
func (c *call) readBody(mend string) ([]byte, error) {
	if c.r.ContentLength > c.MaxBody {
		return nil, tooLarge(c.MaxBody, mend)
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, c.MaxBody))
	if err != nil {
		return nil, bodyError(err, c.MaxBody, mend)
	}
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if string(bytes.TrimSpace(body)) == `""` {
		return nil, nil
	}
	return body, nil
}

// resolve is the one place where a call finds its space; a session that is not
// there yet is begun, or read back from its recording.
func (c *call) resolve() (*expectations.Space, error) {
	id, err := expectations.ParseSessionID(c.query.Get("session"))
	if err != nil {
		return nil, badRequest(err.Error())
	}
	space, err := c.Spaces.Get(id)
	if err != nil {
		return nil, unopened(id, err)
	}
	return space, nil
}
