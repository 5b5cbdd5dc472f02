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
}

// ErrGenerator is wrapped by the errors of [Request.Generate].
var ErrGenerator = errors.New("cannot generate")

// Generate is the request with its generators applied to the example: what a
// verifier sends (Pact V3 and V4, "Generators"). A generator that is not known
// or has nothing to work on is an error that names its place. MockServerURL
// is for mock servers alone and leaves the example as it is.
func (r *Request) Generate(o GenerateOptions) (*Request, error) {
	if err := r.variantGenerators(); err != nil {
		return nil, err
	}
	if r.Generators.IsZero() {
		return r, nil
	}
	out := *r
	out.Headers, out.Query = cloneFields(r.Headers), cloneFields(r.Query)
	if o.State == nil {
		o.State = func(string) (jsondoc.Value, bool) { return jsondoc.Value{}, false }
	}
	for _, category := range r.Generators.Members {
		if err := out.generateIn(category.Name, category.Value, o); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

// variantGenerators refuses generators within the variants of arrayContains,
// which are not applied: sent without them, the request would not be the one
// that the contract means.
func (r *Request) variantGenerators() error {
	for _, rule := range r.Rules {
		for _, m := range rule.Matchers {
			variants, _ := m.Value.Get("variants")
			for i, variant := range variants.Items {
				if g, ok := variant.Get("generators"); ok && len(g.Members) > 0 {
					return fmt.Errorf("%w: those of variant %d of %s at %s are not supported", ErrGenerator, i, m.Name(), rule.key())
				}
			}
		}
	}
	return nil
}

func cloneFields(f Fields) Fields {
	out := slices.Clone(f)
	for i := range out {
		out[i].Values = slices.Clone(out[i].Values)
	}
	return out
}

func (r *Request) generateIn(category string, v jsondoc.Value, o GenerateOptions) error {
	switch category {
	case "path":
		made, err := generate(v, jsondoc.String(r.Path), o)
		if err != nil {
			return fmt.Errorf("%w path: %w", ErrGenerator, err)
		}
		r.Path = scalarText(made)
		return nil
	case "query", "header", "headers":
		fields := r.Query
		if category != "query" {
			fields = r.Headers
		}
		for _, m := range v.Members {
			if err := fields.generate(m, category != "query", o); err != nil {
				return fmt.Errorf("%w %s %s: %w", ErrGenerator, category, m.Name, err)
			}
		}
		return nil
	case "body":
		for _, m := range v.Members {
			if err := r.Body.generate(m, o); err != nil {
				return fmt.Errorf("%w body %s: %w", ErrGenerator, m.Name, err)
			}
		}
		return nil
	}
	return fmt.Errorf("%w %s: no such part of a request", ErrGenerator, category)
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

func (b *Body) generate(m jsondoc.Member, o GenerateOptions) error {
	path, err := ParsePath(m.Name)
	if err != nil {
		return err
	}
	if b.Kind != BodyJSON {
		if len(path.tokens) > 1 {
			return errors.New("only JSON bodies have values to generate")
		}
		made, err := generate(m.Value, jsondoc.String(string(b.Bytes)), o)
		if err == nil {
			b.Bytes = []byte(scalarText(made))
		}
		return err
	}
	made, err := generateAt(b.JSON, path.tokens[min(1, len(path.tokens)):], func(v jsondoc.Value) (jsondoc.Value, error) {
		return generate(m.Value, v, o)
	})
	if err == nil {
		b.JSON, b.Bytes = made, nil
	}
	return err
}

// generateAt is a document with the values at a path replaced.
func generateAt(v jsondoc.Value, tokens []token, f func(jsondoc.Value) (jsondoc.Value, error)) (jsondoc.Value, error) {
	if len(tokens) == 0 {
		return f(v)
	}
	t := tokens[0]
	v.Members, v.Items = slices.Clone(v.Members), slices.Clone(v.Items)
	var err error
	for i, m := range v.Members {
		if t.kind == tokenStar || t.kind != tokenItems && m.Name == t.name {
			if v.Members[i].Value, err = generateAt(m.Value, tokens[1:], f); err != nil {
				return v, err
			}
		}
	}
	for i := range v.Items {
		if t.kind == tokenStar || t.kind == tokenItems || t.name == strconv.Itoa(i) {
			if v.Items[i], err = generateAt(v.Items[i], tokens[1:], f); err != nil {
				return v, err
			}
		}
	}
	return v, nil
}
