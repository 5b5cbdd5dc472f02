package admin

import (
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
	wanted, err := wire.DecodeOpenAPI(doc, c.loadOpenAPI)
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

// loadOpenAPI is [wire.OpenAPILoader].
func (c *call) loadOpenAPI(wanted wire.OpenAPIExpectation) ([]*expectations.Expectation, error) {
	source, err := c.specSource(wanted.Spec)
	if err != nil {
		return nil, badRequest(loadTrouble + err.Error())
	}
	o := openapi.Options{ContextPath: wanted.ContextPath}
	if wanted.Operations != nil {
		o.Operations = make(map[string]openapi.Selection, len(wanted.Operations))
		for _, op := range wanted.Operations {
			o.Operations[op.ID] = openapi.Selection{Status: op.Status, Example: op.Example}
		}
	}
	made, err := openapi.Expectations(c.r.Context(), source, o)
	if err != nil {
		return nil, badRequest(err.Error())
	}
	return made, nil
}

// specSource is the description that a call names or holds.
func (c *call) specSource(spec jsondoc.Value) (openapi.Source, error) {
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
	data, err := from.read(c.r.Context(), location)
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
