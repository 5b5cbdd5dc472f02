package infer

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations/openapi"
)

// Endpoints describes what samples have in common by endpoint: the paths,
// fields and bodies that a contract is inferred from, all of them and not only
// what can be asserted. Paths that differ in their parameters alone are one
// endpoint, whatever host they belong to.
//
// What requests have is learned from those that were not refused (status 400
// to 499), where there are any: a refused one may lack what is required. A
// field is required if it is in all samples, of which there must be two.
//
// The sequence is ranged over twice, as [Infer] does; the report counts what
// was left out. The error is that of the context or of a Template.
func Endpoints(ctx context.Context, samples iter.Seq2[Sample, error], o Options) ([]openapi.Endpoint, *Report, error) {
	o = o.filled()
	p := &pipeline{options: o, samples: samples, report: newReport(o)}
	var err error
	if p.router, err = newRouter(o); err != nil {
		return nil, nil, err
	}
	all := &endpointSet{options: o, acceptors: newAcceptors(), byKey: make(map[string]*endpoint)}
	if err = p.survey(ctx); err == nil && p.total > 0 {
		err = p.each(ctx, func(_ int, s Sample, err error) bool {
			if err == nil && o.unfit(s) == "" {
				m := newMessage(s, o)
				all.add(m, p.router.template(m))
			}
			return true
		})
	}
	if err != nil {
		return nil, nil, fmt.Errorf("describe endpoints: %w", err)
	}
	p.report.leaveOutSome("too many endpoints", all.refused)
	p.report.finish()
	return all.describe(), p.report, nil
}

// minRequired is how many samples show that something is always there.
const minRequired = 2

// An endpointSet finds the endpoint of each sample.
type endpointSet struct {
	options   Options
	acceptors *acceptors
	byKey     map[string]*endpoint
	refused   int
}

// An endpoint is the samples of one method of one path, merged.
type endpoint struct {
	method   string
	template template
	// params are the values of each parameter of the template.
	params  []textStat
	servers map[string]bool
	samples int
	// accepted are the requests that were not refused, refused the others.
	accepted, refused asked
	answers           map[int]*answered
}

// asked is what was sent.
type asked struct {
	samples        int
	query, headers fieldSet
	schemes        map[string]bool
	// anonymous and bare count requests without Authorization, without body.
	anonymous, bare int
	bodies          bodies
}

// answered is what came back with one status.
type answered struct {
	samples int
	headers fieldSet
	bodies  bodies
}

// bodies are those seen, by media type.
type bodies map[string]*merged

// merged are the bodies of one media type.
type merged struct {
	samples int
	kind    bodyKind
	tree    node
	form    fieldSet
}

// Bounds of what is kept of one endpoint.
const (
	maxMedia    = 32
	maxStatuses = 100
	maxServers  = 32
)

func (s *endpointSet) add(m *message, t template) {
	key := m.request.Method + " " + t.structure()
	e := s.byKey[key]
	if e == nil {
		if len(s.byKey) >= maxGroups {
			s.refused++
			return
		}
		e = &endpoint{
			method: m.request.Method, template: t, params: make([]textStat, len(t.params())),
			servers: make(map[string]bool), answers: make(map[int]*answered),
		}
		s.byKey[key] = e
	}
	e.samples++
	if t.key() < e.template.key() {
		e.template = t // names do not depend on the order of samples
	}
	for i, param := range t.params() {
		text, err := url.PathUnescape(param.text)
		if err != nil {
			text = param.text
		}
		e.params[i].add(text, s.acceptors)
	}
	if m.request.Authority != "" && len(e.servers) < maxServers {
		scheme := "http"
		if m.request.Secure {
			scheme = "https"
		}
		e.servers[scheme+"://"+m.request.Authority] = true
	}
	e.merge(m, s.acceptors)
}

// structure is the template without the names of its parameters.
func (t template) structure() string {
	var b strings.Builder
	for _, s := range t.segments {
		b.WriteByte('/')
		if s.class == classLiteral {
			b.WriteString(s.text)
		} else {
			b.WriteString("{}")
		}
	}
	return b.String()
}

func (e *endpoint) merge(m *message, a *acceptors) {
	in := &e.accepted
	if status := m.response.Status; status >= 400 && status < 500 {
		in = &e.refused
	}
	in.samples++
	in.query.addParams(m.query, a)
	in.headers.addHeader(m.request.Header, a)
	if scheme := authScheme(m.request.Header); scheme == "" {
		in.anonymous++
	} else {
		if in.schemes == nil {
			in.schemes = make(map[string]bool)
		}
		in.schemes[scheme] = true
	}
	if m.in.kind == bodyNone {
		in.bare++
	}
	in.bodies = in.bodies.add(&m.in, a)
	out := e.answers[m.response.Status]
	if out == nil {
		if len(e.answers) >= maxStatuses {
			return
		}
		out = new(answered)
		e.answers[m.response.Status] = out
	}
	out.samples++
	out.headers.addHeader(m.response.Header, a)
	out.bodies = out.bodies.add(&m.out, a)
}

// authScheme is the scheme of a request's credentials, lower case, if it is
// one of those registered (RFC 9110 §16.4.1) that OpenAPI can say; "" if
// there are none.
func authScheme(h http.Header) string {
	scheme, _, _ := strings.Cut(h.Get("Authorization"), " ")
	switch scheme = strings.ToLower(scheme); scheme {
	case "basic", "bearer", "digest", "dpop", "hoba", "mutual", "negotiate", "privatetoken":
		return scheme
	}
	return ""
}

func (b bodies) add(p *part, a *acceptors) bodies {
	doc, isJSON := p.json() // says whether it is what it pretends to be
	if p.kind == bodyNone {
		return b
	}
	media := p.media
	if media == "" {
		media = defaultMedia(p.kind)
	}
	one := b[media]
	if one == nil {
		if len(b) >= maxMedia {
			return b
		}
		if b == nil {
			b = make(bodies)
		}
		one = &merged{kind: p.kind}
		b[media] = one
	}
	one.samples++
	if p.kind != one.kind {
		one.kind = bodyBroken
	}
	switch {
	case isJSON:
		one.tree.add(doc, a)
	case p.kind == bodyForm:
		one.form.addForm(p, a)
	}
	return b
}

// defaultMedia is the type of a body that came without one.
func defaultMedia(k bodyKind) string {
	switch k {
	case bodyJSON:
		return "application/json"
	case bodyText:
		return "text/plain"
	default:
		return "application/octet-stream"
	}
}

// describe is what all endpoints are, in the order of their paths.
func (s *endpointSet) describe() []openapi.Endpoint {
	out := make([]openapi.Endpoint, 0, len(s.byKey))
	for _, e := range s.byKey {
		out = append(out, s.endpoint(e))
	}
	slices.SortFunc(out, func(a, b openapi.Endpoint) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
	})
	return out
}
