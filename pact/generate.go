package pact

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// GenerateOptions are what generators draw on.
type GenerateOptions struct {
	// State is the value of a name in the provider states; nil knows none.
	State func(name string) (jsondoc.Value, bool)
	// Now is the time that dates are made of.
	Now time.Time
	// Rand makes random values; nil is a source of its own.
	Rand *rand.Rand
	// Stub says that the values are for an answer that a stub gives, not for a
	// request that a verifier sends: ProviderState leaves the example as it is
	// then, and MockServerURL does not.
	Stub bool
	// StubURL is the base URL that the stub is reached under; where it is
	// empty MockServerURL leaves the example as it is.
	StubURL string
}

// ErrGenerator is wrapped by the errors of [Request.Generate] and
// [Response.Generate].
var ErrGenerator = errors.New("cannot generate")

// Generate is the request with its generators applied to the example: what a
// verifier sends (Pact V3 and V4, "Generators"). A generator that is not known
// or has nothing to work on is an error that names its place. MockServerURL
// is for stubs alone and leaves the example as it is.
func (r *Request) Generate(o GenerateOptions) (*Request, error) {
	m := generated{Path: r.Path, Query: r.Query, Headers: r.Headers, Body: r.Body}
	changed, err := m.apply(r.Generators, r.Rules, o)
	if err != nil || !changed {
		return r, err
	}
	out := *r
	out.Path, out.Query, out.Headers, out.Body = m.Path, m.Query, m.Headers, m.Body
	return &out, nil
}

// Generate is the response with its generators applied to the example: what a
// stub answers, if o says that it is one. Errors are as those of
// [Request.Generate].
func (r *Response) Generate(o GenerateOptions) (*Response, error) {
	m := generated{status: strconv.Itoa(r.StatusCode()), Headers: r.Headers, Body: r.Body}
	changed, err := m.apply(r.Generators, r.Rules, o)
	if err != nil || !changed {
		return r, err
	}
	out := *r
	out.Headers, out.Body = m.Headers, m.Body
	if out.Status, err = strconv.Atoi(m.status); err != nil {
		return r, fmt.Errorf("%w status: %q is none", ErrGenerator, m.status)
	}
	return &out, nil
}

// generated are the parts of a message that generators change.
type generated struct {
	Path           string
	status         string // of a response; empty for requests
	Query, Headers Fields
	Body           Body
}

// apply applies the generators of a message, and those of the variants of
// arrayContains to the items of the example that they are about.
func (m *generated) apply(generators jsondoc.Value, rules Rules, o GenerateOptions) (changed bool, err error) {
	if o.State == nil {
		o.State = func(string) (jsondoc.Value, bool) { return jsondoc.Value{}, false }
	}
	m.Headers, m.Query = cloneFields(m.Headers), cloneFields(m.Query)
	for _, category := range generators.Members {
		if err := m.in(category.Name, category.Value, o); err != nil {
			return false, err
		}
	}
	ofVariants, err := m.variants(rules, o)
	return ofVariants || len(generators.Members) > 0, err
}

// variants applies the generators within the variants of arrayContains.
func (m *generated) variants(rules Rules, o GenerateOptions) (changed bool, err error) {
	for _, rule := range rules.of(CategoryBody) {
		for _, matcher := range rule.Matchers {
			variants, _ := matcher.Value.Get("variants")
			for i, variant := range variants.Items {
				generators, _ := variant.Get("generators")
				if len(generators.Members) == 0 {
					continue
				}
				index, _ := variant.Get("index")
				for _, g := range generators.Members {
					path, err := variantPath(rule.Path, scalarText(index), g.Name)
					if err == nil {
						err = m.body([]bodyGenerator{{path, g.Value}}, o)
					}
					if err != nil {
						return false, fmt.Errorf("%w body %s, variant %d, %s: %w", ErrGenerator, rule.key(), i, g.Name, err)
					}
					changed = true
				}
			}
		}
	}
	return changed, nil
}

// variantPath is the path of a value in an item of an array, whose own path
// starts at the item.
func variantPath(array Path, index, below string) (Path, error) {
	inner, err := ParsePath(below)
	if err != nil {
		return inner, err
	}
	tokens := append(slices.Clone(array.tokens), token{kind: tokenIndex, name: index})
	return Path{append(tokens, inner.tokens[min(1, len(inner.tokens)):]...)}, nil
}

func cloneFields(f Fields) Fields {
	out := slices.Clone(f)
	for i := range out {
		out[i].Values = slices.Clone(out[i].Values)
	}
	return out
}

func (m *generated) in(category string, v jsondoc.Value, o GenerateOptions) error {
	switch category {
	case "path", "status":
		text := &m.Path
		if category == "status" {
			text = &m.status
		}
		if (category == "status") != (m.status != "") {
			break
		}
		made, err := generate(v, jsondoc.String(*text), o)
		if err != nil {
			return fmt.Errorf("%w %s: %w", ErrGenerator, category, err)
		}
		*text = scalarText(made)
		return nil
	case "query", "header", "headers":
		fields := m.Query
		if category != "query" {
			fields = m.Headers
		}
		for _, g := range v.Members {
			if err := fields.generate(g, category != "query", o); err != nil {
				return fmt.Errorf("%w %s %s: %w", ErrGenerator, category, g.Name, err)
			}
		}
		return nil
	case "body":
		if err := m.inBody(v.Members, o); err != nil {
			return fmt.Errorf("%w body %w", ErrGenerator, err)
		}
		return nil
	}
	return fmt.Errorf("%w %s: no such part of the message", ErrGenerator, category)
}

// generate replaces the values of a name. The key may index one: "a[0]".
func (f Fields) generate(m jsondoc.Member, fold bool, o GenerateOptions) error {
	name, only := m.Name, -1
	if head, index, ok := strings.Cut(strings.TrimSuffix(name, "]"), "["); ok {
		if n, err := strconv.Atoi(index); err == nil {
			name, only = head, n
		}
	}
	for i := range f {
		if f[i].Name != name && (!fold || !strings.EqualFold(f[i].Name, name)) {
			continue
		}
		for j := range f[i].Values {
			if only >= 0 && j != only {
				continue
			}
			made, err := generate(m.Value, jsondoc.String(f[i].Values[j]), o)
			if err != nil {
				return err
			}
			f[i].Values[j] = scalarText(made)
		}
	}
	return nil
}
