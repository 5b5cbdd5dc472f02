package openapi

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"github.com/pactape/pactape/expectations"
)

// loadError begins every error of [Expectations] (MockServer 7 OpenAPIParser).
const loadError = "Unable to load API spec, "

// Options select and place operations. The zero value takes all of them.
type Options struct {
	// Operations are the ids of the operations that are taken, each with the
	// answer it gives; nil takes all, with their first answers. An operation
	// without an id is called by its method and path, e.g. "GET /pets".
	Operations map[string]Selection
	// ContextPath is put before every path.
	ContextPath string
}

// A Selection chooses an answer.
type Selection struct {
	// Status is the key of the answer, e.g. "200", "4XX" or "default"; "" is
	// the first.
	Status string
	// Example is the name of the example; "" is the first.
	Example string
}

// Expectations makes expectations of a description: one for each operation,
// and for each media type of its body if there are several. Their requests
// are matched by method, path and the schemas of parameters and body; they
// answer with an example, which is generated where the description has none.
//
// Ids depend on method, path and media type alone, so that a description that
// is read again replaces what it made before. Paths without parameters come
// first. The error begins as MockServer's does, and names what is wrong; it
// may quote the description.
func Expectations(ctx context.Context, s Source, o Options) ([]*expectations.Expectation, error) {
	var all []*expectations.Expectation
	err := o.each(ctx, s, func(op *operation) error {
		made, err := op.expectations(o.Operations[op.id])
		all = append(all, made...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Matchers makes the conditions alone, as [Expectations] has them.
func Matchers(ctx context.Context, s Source, o Options) ([]*expectations.RequestMatcher, error) {
	var all []*expectations.RequestMatcher
	err := o.each(ctx, s, func(op *operation) error {
		made, err := op.matchers()
		for _, m := range made {
			all = append(all, m.matcher)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// each makes something of each operation of a description that is wanted.
func (o Options) each(ctx context.Context, s Source, with func(*operation) error) error {
	d, err := load(ctx, s)
	if err != nil {
		return fmt.Errorf("%s%w", loadError, err)
	}
	operations := d.operations(o)
	if err := o.check(operations); err != nil {
		return fmt.Errorf("%s%w", loadError, err)
	}
	for _, op := range operations {
		if _, wanted := o.Operations[op.id]; o.Operations != nil && !wanted {
			continue
		}
		if err := with(op); err != nil {
			return fmt.Errorf("%soperation %s: %w", loadError, op.id, err)
		}
	}
	return nil
}

// check refuses the ids of operations that there are not.
func (o Options) check(operations []*operation) error {
	ids := make([]string, 0, len(operations))
	for _, op := range operations {
		ids = append(ids, op.id)
	}
	for _, id := range slices.Sorted(maps.Keys(o.Operations)) {
		if !slices.Contains(ids, id) {
			return fmt.Errorf("there is no operation %q: %s are there", id, strings.Join(ids, ", "))
		}
	}
	return nil
}

// An operation is one method of one path.
type operation struct {
	*openapi3.Operation
	description *description
	id          string
	method      string
	// path has the prefixes of options and server.
	path       string
	parameters []*openapi3.Parameter
}

// operations are those of the description, in its order, but paths with fewer
// parameters first: /pets/mine goes before /pets/{id}.
func (d *description) operations(o Options) []*operation {
	var out []*operation
	methods := []string{"GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"}
	for _, path := range d.orders.sort(slices.Collect(maps.Keys(d.Paths.Map()))) {
		item := d.Paths.Value(path)
		if item == nil {
			continue
		}
		all := item.Operations()
		for _, method := range methods {
			op := all[method]
			if op == nil {
				continue
			}
			out = append(out, &operation{
				Operation: op, description: d, method: method, id: cmp.Or(op.OperationID, method+" "+path),
				path:       slashed(o.ContextPath) + slashed(d.serverPath(op, item)) + path,
				parameters: joined(op.Parameters, item.Parameters),
			})
		}
	}
	slices.SortStableFunc(out, func(a, b *operation) int {
		return cmp.Compare(strings.Count(a.path, "{"), strings.Count(b.path, "{"))
	})
	return out
}

// slashed is a prefix of paths: "" or one that begins with a slash and ends
// without.
func slashed(prefix string) string {
	prefix = strings.Trim(prefix, "/")
	if prefix == "" {
		return ""
	}
	return "/" + prefix
}

// serverPath is the path of the first server, of the operation, its path or
// the description (OpenAPI 3.1 §4.8.5).
func (d *description) serverPath(op *openapi3.Operation, item *openapi3.PathItem) string {
	servers := d.Servers
	if len(item.Servers) > 0 {
		servers = item.Servers
	}
	if op.Servers != nil && len(*op.Servers) > 0 {
		servers = *op.Servers
	}
	for _, s := range servers {
		if s == nil {
			continue
		}
		address := s.URL
		for name, variable := range s.Variables {
			if variable != nil {
				address = strings.ReplaceAll(address, "{"+name+"}", variable.Default)
			}
		}
		if u, err := url.Parse(address); err == nil {
			return u.EscapedPath()
		}
	}
	return ""
}

// joined are an operation's parameters and those of its path that it does not
// have itself (OpenAPI 3.1 §4.8.9).
func joined(own, shared openapi3.Parameters) []*openapi3.Parameter {
	var out []*openapi3.Parameter
	for _, list := range []openapi3.Parameters{own, shared} {
		for _, ref := range list {
			if ref == nil || ref.Value == nil {
				continue
			}
			p := ref.Value
			if !slices.ContainsFunc(out, func(q *openapi3.Parameter) bool { return q.In == p.In && q.Name == p.Name }) {
				out = append(out, p)
			}
		}
	}
	return out
}

// namespace is that of the ids of expectations made here.
var namespace = uuid.MustParse("5b1d6f0e-6f0c-5d0c-9a57-3d8b3f1c7a10")

// expectations are those of the operation.
func (op *operation) expectations(s Selection) ([]*expectations.Expectation, error) {
	answer, err := op.answer(s)
	if err != nil {
		return nil, err
	}
	matchers, err := op.matchers()
	if err != nil {
		return nil, err
	}
	var out []*expectations.Expectation
	for _, m := range matchers {
		out = append(out, &expectations.Expectation{
			ID:      uuid.NewSHA1(namespace, []byte(op.method+" "+op.path+" "+m.media)).String(),
			Origin:  expectations.OriginImported,
			Request: m.matcher,
			Action:  &expectations.Respond{Answers: []*expectations.Answer{answer}},
		})
	}
	return out, nil
}
