package admin

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/wire"
)

// An importer is a format of import.
type importer struct {
	// name is the value of the query parameter format, title what people call
	// the format.
	name, title string
	// made reports whether a document that names no format is in this one.
	made func(jsondoc.Value) bool
	// read makes expectations of the body. Its error is about the body.
	read func(*call) (imported, error)
}

// importers are the formats that import takes, one row each. A format is a
// file import_name.go and its row; documents are looked at in this order.
var importers = []importer{
	{"har", "HAR", madeHAR, (*call).readHAR},
	{"pact", "Pact", madePact, (*call).readPact},
}

// postman is a format of MockServer's that is left out.
const postman = "postman"

// imported are the expectations of a document, and what was left out of it.
type imported struct {
	expectations []*expectations.Expectation
	skipped      []fmt.Stringer
}

// importDocument makes expectations of a document in another format, all or
// none, and answers with them.
func (c *call) importDocument() error {
	if strings.TrimSpace(string(c.body)) == "" {
		return badRequest("import request body is required — must be a " + titles() + " JSON document")
	}
	from, err := c.importer()
	if err != nil {
		return err
	}
	return c.importFrom(from)
}

// importFrom is importDocument of a known format.
func (c *call) importFrom(from *importer) error {
	doc, err := from.read(c)
	if err != nil {
		return badRequest(err.Error())
	}
	if err := compileAll(doc.expectations); err != nil {
		return err
	}
	put, err := c.space.Put(doc.expectations...)
	if err != nil {
		return err
	}
	if len(doc.skipped) > 0 {
		c.w.Header().Set(headerSkipped, skippedHeader(doc.skipped))
	}
	for _, s := range doc.skipped {
		c.log.InfoContext(c.r.Context(), "left out of the import", "session", c.space.ID.String(), "format", from.name, "what", s.String())
	}
	return c.stream(http.StatusCreated, contentJSON, func(w io.Writer) error {
		return wire.EncodeExpectations(w, wire.All(put))
	})
}

// importer is the one that the call names, or that its body is for.
func (c *call) importer() (*importer, error) {
	format := strings.ToLower(c.query.Get("format"))
	if format == postman {
		return nil, &failure{status: http.StatusNotImplemented, text: "Postman collections are not imported: export the requests as HAR, and import that"}
	}
	if format != "" {
		i := slices.IndexFunc(importers, func(known importer) bool { return known.name == format })
		if i < 0 {
			return nil, badRequest("unsupported import format: " + visible(c.query.Get("format")) + " (supported formats: " + importFormats("%s", ", ") + ")")
		}
		return &importers[i], nil
	}
	doc, err := jsondoc.Parse(c.body)
	if err != nil {
		return nil, badRequest("failed to parse import JSON: " + err.Error())
	}
	for i := range importers {
		if importers[i].made(doc) {
			return &importers[i], nil
		}
	}
	return nil, badRequest("unable to auto-detect import format — use " + importFormats("?format=%s", " or ") + " query parameter")
}

// importFormats lists the names of the importers.
func importFormats(layout, between string) string {
	names := make([]string, 0, len(importers))
	for _, known := range importers {
		names = append(names, fmt.Sprintf(layout, known.name))
	}
	return strings.Join(names, between)
}

// titles lists what people call the formats.
func titles() string {
	all := make([]string, 0, len(importers))
	for _, known := range importers {
		all = append(all, known.title)
	}
	return strings.Join(all, " or ")
}

// asStringers are things skipped as what they say.
func asStringers[S fmt.Stringer](skipped []S) []fmt.Stringer {
	all := make([]fmt.Stringer, 0, len(skipped))
	for _, s := range skipped {
		all = append(all, s)
	}
	return all
}
