package admin

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// A Publisher sends contracts to a Pact Broker. It is safe for concurrent use.
type Publisher interface {
	// Publish sends a contract and returns, as JSON, what came of it. The
	// error is a [*PublishError] where the client is to know the reason.
	Publish(ctx context.Context, p Publication) (jsondoc.Value, error)
}

// A Publication is a contract to be published.
type Publication struct {
	// Contract is the Pact document as it is to be published, Consumer and
	// Provider are the names in it.
	Contract           []byte
	Consumer, Provider string
	// Version, Branch, Tags and BuildURL are those of the consumer. What is
	// empty the Publisher finds out, if it can.
	Version, Branch string
	Tags            []string
	BuildURL        string
	// Merge joins the contract with what is published for the version.
	Merge bool
}

// A PublishError is why a contract was not published, in words for the client,
// without secrets.
type PublishError struct {
	// Status is the status of the answer, 4xx or 5xx.
	Status int
	Err    error
}

func (e *PublishError) Error() string { return e.Err.Error() }
func (e *PublishError) Unwrap() error { return e.Err }

// publishPact publishes the contract in the body, or that of the active
// expectations where there is none. Which broker is for the operator to say,
// not for the call: credentials go nowhere else.
func (c *call) publishPact() error {
	if c.Publisher == nil {
		return errorJSON("there is no Pact Broker: start pactape with --broker-url or PACT_BROKER_BASE_URL")
	}
	doc, text, err := c.toPublish()
	if err != nil {
		return err
	}
	p := Publication{
		Contract: text, Consumer: doc.Consumer, Provider: doc.Provider, Version: strings.TrimSpace(c.query.Get("version")), Branch: c.query.Get("branch"), BuildURL: c.query.Get("buildUrl"),
	}
	for _, tags := range c.query["tag"] {
		for tag := range strings.SplitSeq(tags, ",") {
			if tag = strings.TrimSpace(tag); tag != "" {
				p.Tags = append(p.Tags, tag)
			}
		}
	}
	switch merge := c.query.Get("merge"); merge {
	case "", "false":
	case "true":
		p.Merge = true
	default:
		return notAValue("merge", merge, "true", "false")
	}
	answer, err := c.Publisher.Publish(c.r.Context(), p)
	if refused, ok := errors.AsType[*PublishError](err); ok {
		body := jsondoc.Object(jsondoc.M("error", jsondoc.String(refused.Error()))).AppendCompact(nil)
		return &failure{status: refused.Status, text: string(body), json: true}
	}
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, answer.AppendJackson(nil))
}

// toPublish is the contract that the call is about, and its text: the one in the
// body as it came. It has interactions, and the names of both its parties.
func (c *call) toPublish() (doc *pact.Document, text []byte, err error) {
	if len(bytes.TrimSpace(c.body)) > 0 {
		if doc, err = c.contract(); err != nil {
			return nil, nil, err
		}
		if doc.Consumer == "" || doc.Provider == "" {
			return nil, nil, errorJSON("the contract does not name its consumer and its provider")
		}
		return doc, c.body, nil
	}
	if strings.TrimSpace(c.query.Get("consumer")) == "" || strings.TrimSpace(c.query.Get("provider")) == "" {
		return nil, nil, errorJSON("the names of both parties are wanted: ?consumer=NAME&provider=NAME")
	}
	o, how, err := c.pactOptions()
	if err != nil {
		return nil, nil, err
	}
	if doc, _, err = c.exported(o, how); err != nil {
		return nil, nil, err
	}
	if len(doc.Interactions) == 0 {
		return nil, nil, errorJSON("there is nothing to publish: no active expectation makes an interaction")
	}
	return doc, doc.Append(nil), nil
}
