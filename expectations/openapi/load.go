package openapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A Source is a description and where it is from.
type Source struct {
	// Tree is the description, see [ParseTree].
	Tree jsondoc.Value
	// Location is where it was read, for references to other files; nil for
	// one that came by itself, which may refer to nothing else.
	Location *url.URL
	// Read reads what it refers to; it decides what may be read. Nil: nothing.
	Read func(ctx context.Context, location *url.URL) ([]byte, error)
}

// maxFiles bounds the files that make up one description.
const maxFiles = 200

// A description is one that was loaded.
type description struct {
	*openapi3.T
	// root is its JSON, whole: all references lead into it.
	root   jsondoc.Value
	orders orders
}

// load reads and resolves a description.
func load(ctx context.Context, s Source) (d *description, err error) {
	defer func() {
		if r := recover(); r != nil {
			d, err = nil, fmt.Errorf("it cannot be understood: %v", r)
		}
	}()
	if err := s.check(); err != nil {
		return nil, err
	}
	loader := openapi3.NewLoader()
	loader.Context = ctx
	location := s.Location
	if s.Read != nil && location != nil {
		files := 0
		loader.IsExternalRefsAllowed = true
		loader.ReadFromURIFunc = func(_ *openapi3.Loader, at *url.URL) ([]byte, error) {
			if files++; files > maxFiles {
				return nil, fmt.Errorf("it refers to more than %d files", maxFiles)
			}
			return s.Read(ctx, at)
		}
	} else {
		location = new(url.URL)
	}
	doc, err := loader.LoadFromDataWithPath(s.Tree.AppendCompact(nil), location)
	if err != nil {
		return nil, errors.New(strings.Join(strings.Fields(err.Error()), " "))
	}
	if doc.Paths == nil || doc.Paths.Len() == 0 {
		return nil, errors.New("attribute paths is missing or empty: there is nothing to answer")
	}
	d = &description{T: doc, root: s.Tree, orders: ordersOf(s.Tree)}
	if loader.IsExternalRefsAllowed {
		doc.InternalizeRefs(ctx, nil)
		text, err := json.Marshal(doc)
		if err != nil {
			return nil, err
		}
		if d.root, err = jsondoc.Parse(text); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// check refuses what is no description of a version that is read.
func (s Source) check() error {
	if s.Tree.Kind != jsondoc.KindObject {
		return fmt.Errorf("%s found, an object is wanted: inline, or the path of a file or a URL that ends in .json, .yaml or .yml", s.Tree.Kind)
	}
	if version, ok := s.Tree.Get("swagger"); ok {
		return fmt.Errorf("Swagger %s is not read: convert it to OpenAPI 3", version.Text) //nolint:staticcheck // a name
	}
	version, ok := s.Tree.Get("openapi")
	switch {
	case !ok:
		return errors.New("attribute openapi is missing")
	case !strings.HasPrefix(version.Text, "3.0") && !strings.HasPrefix(version.Text, "3.1"):
		return fmt.Errorf("OpenAPI %q is not read: 3.0 or 3.1 is wanted", version.Text)
	}
	return nil
}
