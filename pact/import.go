package pact

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/net/http/httpguts"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// ImportOptions say how [Import] and [Revive] make expectations. The zero
// value is the usual.
type ImportOptions struct {
	// Now is the clock for generated dates; nil is time.Now.
	Now func() time.Time
}

// ErrNothingToImport is wrapped by the error of [Import] for a document of
// which nothing can be answered.
var ErrNothingToImport = errors.New("the contract has no interaction over HTTP")

// Import makes an expectation of each interaction, which answers exactly those
// requests that a Pact mock server would, see [Stub]. Ids are made of the
// parties, the description and the states, so that importing a contract again
// replaces what it made before, and equal descriptions do not meet.
//
// Messages are skipped, by name. What could never match, or not be answered,
// is an error about all such places: a rule, an expression, a path or a
// generator that is unknown or wrong, an interaction of a plugin.
//
// They are in the order in which they are to be put: those that ask for more
// come first, since of several that accept a request a Pact mock server
// answers by the most demanding.
func Import(d *Document, o ImportOptions) ([]*expectations.Expectation, []Skipped, error) {
	var (
		es      []*expectations.Expectation
		skipped []Skipped
		bad     importErrors
		count   = make(map[string]int)
		ids     = idSpace(d)
	)
	for i, it := range d.Interactions {
		if why, skip := it.unanswerable(); skip {
			skipped = append(skipped, Skipped{Description: it.place(i), Reason: why})
			continue
		}
		if err := it.importable(); err != nil {
			bad.add(fmt.Errorf("%s: %w", it.place(i), err))
			continue
		}
		id := it.id()
		count[id]++
		if n := count[id]; n > 1 {
			id += "\x00" + strconv.Itoa(n)
		}
		e := expectation(newStub(d, it, o.Now))
		e.ID = uuid.NewSHA1(ids, []byte(id)).String()
		es = append(es, e)
	}
	switch {
	case len(bad.all) > 0:
		return nil, nil, &bad
	case len(es) == 0 && len(skipped) > 0:
		return nil, nil, fmt.Errorf("%w: %s", ErrNothingToImport, skipped[0])
	case len(es) == 0:
		return nil, nil, fmt.Errorf("%w: its list of interactions is empty", ErrNothingToImport)
	}
	slices.SortStableFunc(es, func(a, b *expectations.Expectation) int {
		return cmp.Compare(stubOf(b).demands(), stubOf(a).demands())
	})
	return es, skipped, nil
}

// demands counts what a stub asks of requests besides method and path.
func (s *Stub) demands() int {
	n := len(s.request.want.Query) + len(s.request.want.Headers)
	if s.NeedsBody() {
		n++
	}
	return n
}

// idSpace is the name space of the ids of a contract's interactions.
func idSpace(d *Document) uuid.UUID {
	parties := jsondoc.Array(jsondoc.String("pact"), jsondoc.String(d.Consumer), jsondoc.String(d.Provider))
	return uuid.NewSHA1(uuid.NameSpaceURL, parties.AppendCompact(nil))
}

// place names an interaction, the i-th of its document, in a message.
func (i *Interaction) place(n int) string {
	list := i.list
	if list == "" {
		list = interactionList
	}
	name := fmt.Sprintf("%s[%d]", list, n)
	if i.Description != "" {
		name += " " + clip(i.named())
	}
	return name
}

// unanswerable says why an interaction is none that HTTP can answer, and may
// be left aside.
func (i *Interaction) unanswerable() (why string, skip bool) {
	if i.Unsupported == "" || i.plugin() != "" {
		return "", false
	}
	return i.Unsupported + ": only those over HTTP can be answered", true
}

// plugin names the plugins that an interaction needs; "" for none.
func (i *Interaction) plugin() string {
	config, ok := i.raw.Get("pluginConfiguration")
	if !ok || config.Kind != jsondoc.KindObject || len(config.Members) == 0 {
		return ""
	}
	names := make([]string, 0, len(config.Members))
	for _, m := range config.Members {
		names = append(names, strconv.Quote(m.Name))
	}
	return strings.Join(names, ", ")
}

// importable says what keeps an interaction from being answered as it is
// meant.
func (i *Interaction) importable() error {
	if plugin := i.plugin(); plugin != "" {
		return fmt.Errorf("it needs the plugin %s, and plugins are not supported: leave the interaction out", plugin)
	}
	if i.Request == nil {
		return errors.New("it has no request")
	}
	request := CompileRequest(i.Request)
	if err := asError("request", request.problems); err != nil {
		return err
	}
	if err := request.body.content().broken; err != nil {
		return fmt.Errorf("request: no request can match its body: %w", err)
	}
	response := i.response()
	if err := asError("response", CompileResponse(response).problems); err != nil {
		return err
	}
	if err := response.sendable(); err != nil {
		return fmt.Errorf("response: %w", err)
	}
	if _, err := response.Generate(trial); err != nil {
		return fmt.Errorf("response: %w", err)
	}
	return nil
}

// sendable says which header HTTP has no place for (RFC 9110 §5).
func (r *Response) sendable() error {
	if strings.ContainsAny(r.Body.ContentType, "\r\n\x00") {
		return errors.New("body: its contentType has a line break or NUL")
	}
	for _, f := range r.Headers {
		if !httpguts.ValidHeaderFieldName(f.Name) {
			return fmt.Errorf("%q is not a header name", f.Name)
		}
		for _, v := range f.Values {
			if strings.ContainsAny(v, "\r\n\x00") {
				return fmt.Errorf("header %s: its value has a line break or NUL", f.Name)
			}
		}
	}
	return nil
}

func asError(part string, problems []Mismatch) error {
	if len(problems) == 0 {
		return nil
	}
	texts := make([]string, 0, len(problems))
	for _, p := range problems {
		texts = append(texts, p.Message)
	}
	return fmt.Errorf("%s: %s", part, strings.Join(texts, "; "))
}

// maxImportErrors is how many interactions an error lists.
const maxImportErrors = 20

// importErrors is what is wrong with the interactions of a contract.
type importErrors struct {
	all  []error
	more int
}

func (e *importErrors) add(err error) {
	if len(e.all) == maxImportErrors {
		e.more++
		return
	}
	e.all = append(e.all, err)
}

// Error lists what is wrong, one interaction a line.
func (e *importErrors) Error() string {
	lines := make([]string, 0, len(e.all)+1)
	for _, err := range e.all {
		lines = append(lines, err.Error())
	}
	if e.more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", e.more))
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the errors that are listed.
func (e *importErrors) Unwrap() []error { return e.all }

// expectation is a stub as an expectation without an id.
func expectation(s *Stub) *expectations.Expectation {
	e := &expectations.Expectation{
		Origin:  expectations.OriginImported,
		Request: matcherOf(s.interaction.Request),
	}
	e.Request.Contract = s
	answer := answerOf(s.interaction.response())
	if s.interaction.generates() {
		answer.Producer = s
	}
	e.Action = &expectations.Respond{Answers: []*expectations.Answer{answer}}
	return e
}

// Revive reads the contracts of expectations that were printed and are read
// back: their rules hold again, and where the answer is still that of the
// interaction, so do its generators. An answer that was changed stays as it is
// written. Expectations without a contract are left as they are.
func Revive(o ImportOptions, es ...*expectations.Expectation) error {
	for i, e := range es {
		if e.Request == nil {
			continue
		}
		written, ok := e.Request.Contract.(expectations.UnreadContract)
		if !ok {
			continue
		}
		place := "$.pact"
		if len(es) > 1 {
			place = fmt.Sprintf("$[%d].pact", i)
		}
		s, err := readStub(written.Written, o)
		if err != nil {
			return fmt.Errorf("%s: %w", place, err)
		}
		e.Request.Contract = s
		reviveAnswer(e, s)
	}
	return nil
}

func readStub(v jsondoc.Value, o ImportOptions) (*Stub, error) {
	d, err := parseDocument(v)
	if err != nil {
		return nil, err
	}
	if len(d.Interactions) != 1 {
		return nil, fmt.Errorf("a contract of one interaction is wanted here, found %d: PUT /mockserver/pact/import takes whole contracts", len(d.Interactions))
	}
	it := d.Interactions[0]
	if it.Unsupported != "" {
		return nil, errors.New(it.Unsupported)
	}
	if err := it.importable(); err != nil {
		return nil, err
	}
	return newStub(d, it, o.Now), nil
}

// reviveAnswer has the generators work on an answer that is the example.
func reviveAnswer(e *expectations.Expectation, s *Stub) {
	respond, ok := e.Action.(*expectations.Respond)
	if !ok || !s.interaction.generates() {
		return
	}
	example := answerOf(s.interaction.response())
	for _, a := range respond.Answers {
		if sameAnswer(a, example) {
			a.Producer = s
		}
	}
}
