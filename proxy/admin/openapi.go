package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/openapi"
	"github.com/pactape/pactape/expectations/wire"
)

// loadTrouble begins what is said of a description (MockServer 7
// OpenAPIParser); package openapi begins its errors so itself.
const loadTrouble = "Unable to load API spec, "

// putOpenAPI makes expectations of descriptions, all or none, and answers with
// them. The body is JSON, or YAML if its type says so.
func (c *call) putOpenAPI() error {
	parse := jsondoc.ParseLenient
	if strings.Contains(strings.ToLower(c.r.Header.Get("Content-Type")), "yaml") {
		parse = openapi.ParseTree
	}
	if strings.TrimSpace(string(c.body)) == "" {
		return badRequest("1 error:\n - an OpenAPI expectation or array of OpenAPI expectations is required but value was \"\"")
	}
	doc, err := parse(c.body)
	if err != nil {
		return badRequest(loadTrouble + "the body cannot be read: " + err.Error())
	}
	wanted, err := wire.DecodeOpenAPI(doc, c.specs())
	if err != nil {
		return err
	}
	if err := compileAll(wanted); err != nil {
		return err
	}
	created, err := c.space.Put(wanted...)
	if err != nil {
		return err
	}
	return c.stream(http.StatusCreated, contentJSON, func(w io.Writer) error {
		return wire.EncodeExpectations(w, wire.All(created))
	})
}

// specs reads the descriptions that the call names.
func (c *call) specs() wire.OpenAPILoader { return Specs(c.r.Context()) }

// reader reads the documents of the call.
func (c *call) reader() wire.Reader { return wire.Reader{OpenAPI: c.specs()} }

// Specs reads descriptions for documents in MockServer's JSON: those that
// stand in them, and files and URLs that they name, which may refer to what is
// below their directory, or at their origin. It gives up when ctx ends. Its
// errors are for whoever wrote the document.
func Specs(ctx context.Context) wire.OpenAPILoader {
	return wire.OpenAPILoader{
		Expectations: func(wanted wire.OpenAPIExpectation) ([]*expectations.Expectation, error) {
			o := openapi.Options{ContextPath: wanted.ContextPath}
			if wanted.Operations != nil {
				o.Operations = make(map[string]openapi.Selection, len(wanted.Operations))
				for _, op := range wanted.Operations {
					o.Operations[op.ID] = openapi.Selection{Status: op.Status, Example: op.Example}
				}
			}
			return ofSpec(ctx, wanted.Spec, o, openapi.Expectations)
		},
		Matchers: func(wanted expectations.Definition) ([]*expectations.RequestMatcher, error) {
			o := openapi.Options{ContextPath: wanted.ContextPath}
			if wanted.OperationID != "" {
				o.Operations = map[string]openapi.Selection{wanted.OperationID: {}}
			}
			return ofSpec(ctx, wanted.Spec, o, openapi.Matchers)
		},
	}
}

// ofSpec is what read makes of a description.
func ofSpec[T any](ctx context.Context, spec jsondoc.Value, o openapi.Options,
	read func(context.Context, openapi.Source, openapi.Options) ([]T, error),
) ([]T, error) {
	source, err := specSource(ctx, spec)
	if err != nil {
		return nil, badRequest(loadTrouble + err.Error())
	}
	made, err := read(ctx, source, o)
	if err != nil {
		return nil, badRequest(err.Error())
	}
	return made, nil
}

// specSource is the description that a document names or holds.
func specSource(ctx context.Context, spec jsondoc.Value) (openapi.Source, error) {
	if spec.Kind == jsondoc.KindObject {
		return openapi.Source{Tree: spec}, nil
	}
	location, err := specLocation(spec.Text)
	if err != nil {
		return openapi.Source{}, err
	}
	if location == nil {
		tree, err := openapi.ParseTree([]byte(spec.Text))
		if err != nil {
			return openapi.Source{}, fmt.Errorf("it cannot be read: %w", err)
		}
		return openapi.Source{Tree: tree}, nil
	}
	from := &specReader{root: location}
	data, err := from.read(ctx, location)
	if err != nil {
		return openapi.Source{}, err
	}
	tree, err := openapi.ParseTree(data)
	if err != nil {
		// What is no description is none of the caller's business: the text
		// of the error may quote it.
		return openapi.Source{}, errors.New("what is there is neither JSON nor YAML")
	}
	return openapi.Source{Tree: tree, Location: location, Read: from.read}, nil
}
