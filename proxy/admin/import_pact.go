package admin

import (
	"bytes"
	"errors"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// madePact reports whether a document is a contract: its interactions, or its
// messages, are between two parties.
func madePact(doc jsondoc.Value) bool {
	_, interactions := doc.Get("interactions")
	_, messages := doc.Get("messages")
	_, consumer := doc.Get("consumer")
	return interactions || messages && consumer
}

// readPact makes expectations of a contract's interactions; the words are
// MockServer's (PactImporter).
func (c *call) readPact() (imported, error) {
	doc, err := pact.Parse(c.body)
	if errors.Is(err, pact.ErrNoInteractions) {
		return imported{}, errors.New("not a valid Pact contract — missing or empty 'interactions' array")
	}
	if err != nil {
		return imported{}, errors.New("failed to parse Pact JSON: " + err.Error())
	}
	if len(doc.Interactions) == 0 {
		return imported{}, errors.New("not a valid Pact contract — missing or empty 'interactions' array")
	}
	es, skipped, err := pact.Import(doc, pact.ImportOptions{})
	if err != nil {
		return imported{}, errors.New("the contract cannot be answered as it is meant: " + err.Error())
	}
	return imported{es, asStringers(skipped)}, nil
}

// importPact is importDocument of a Pact.
func (c *call) importPact() error {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return badRequest("Pact contract JSON body is required")
	}
	return c.importFrom(&importer{name: "pact", read: (*call).readPact})
}
