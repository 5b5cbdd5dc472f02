package admin

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
	"github.com/pactape/pactape/pact"
)

// putExpectations creates or updates expectations, all or none, and answers
// with them as they now are.
func (c *call) putExpectations() error {
	wanted, err := c.reader().Expectations(c.body)
	if err != nil {
		return err
	}
	if err := pact.Revive(pact.ImportOptions{}, wanted...); err != nil {
		return badRequest(err.Error())
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

// compileAll refuses what no request could be matched with, and says which of
// several it is: Put only says that there is one.
func compileAll(wanted []*expectations.Expectation) error {
	for i, e := range wanted {
		path := "$.httpRequest"
		if len(wanted) > 1 {
			path = fmt.Sprintf("$[%d].httpRequest", i)
		}
		if _, err := e.Compile(); err != nil {
			return misfit(path, err)
		}
	}
	return nil
}

// clearKinds are the values of clear's type.
var clearKinds = []expectations.ClearKind{expectations.ClearLog, expectations.ClearExpectations, expectations.ClearAll}

// clear removes expectations, log entries or both: all of them, those that a
// request matcher selects, or those of the expectation of an id.
func (c *call) clear() error {
	if err := c.heeded(); err != nil {
		return err
	}
	kind := expectations.ClearKind(strings.ToLower(c.query.Get("type")))
	if kind == "" {
		kind = expectations.ClearAll
	}
	if !slices.Contains(clearKinds, kind) {
		return notAValue("type", c.query.Get("type"), textsOf(clearKinds)...)
	}
	matcher, id, err := c.reader().RequestMatcher(c.body)
	if err != nil {
		return err
	}
	if id != "" {
		err = c.clearByID(kind, id)
	} else {
		err = c.clearSelected(kind, matcher)
	}
	if err != nil {
		return err
	}
	return c.empty(http.StatusOK)
}

// clearByID removes the expectation, and from the log the requests that it is
// for (MockServer 7 HttpState.clear).
func (c *call) clearByID(kind expectations.ClearKind, id string) error {
	e, ok, err := c.space.Get(c.r.Context(), id)
	if err != nil {
		return unread(err)
	}
	if !ok {
		return unknownID(id)
	}
	if kind != expectations.ClearExpectations {
		filter, err := e.Compile()
		if err != nil {
			return err
		}
		c.space.Log.Clear(filter)
	}
	if kind == expectations.ClearLog {
		return nil
	}
	return c.space.Remove(c.r.Context(), id)
}

func (c *call) clearSelected(kind expectations.ClearKind, matcher *expectations.RequestMatcher) error {
	var filter *expectations.Compiled // nil selects everything
	if matcher != nil {
		var err error
		if filter, err = expectations.Compile(matcher); err != nil {
			return misfit("$", err)
		}
	}
	return c.space.Clear(c.r.Context(), kind, filter)
}

func (c *call) reset() error {
	if err := c.space.Reset(c.r.Context()); err != nil {
		return err
	}
	if c.Callbacks != nil {
		c.Callbacks.Reset(c.space.ID)
	}
	return c.empty(http.StatusOK)
}

// textsOf are the texts of named strings.
func textsOf[S ~string](values []S) []string {
	texts := make([]string, 0, len(values))
	for _, v := range values {
		texts = append(texts, string(v))
	}
	return texts
}
