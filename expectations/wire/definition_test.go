package wire_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
)

// operations reads definitions as one condition for each letter of the
// operation's id.
var operations = wire.Reader{OpenAPI: wire.OpenAPILoader{Matchers: func(d expectations.Definition) ([]*expectations.RequestMatcher, error) {
	if d.OperationID == "broken" {
		return nil, errors.New("Unable to load API spec, it is broken")
	}
	var all []*expectations.RequestMatcher
	for _, letter := range d.OperationID {
		all = append(all, &expectations.RequestMatcher{Path: expectations.Text{Value: d.ContextPath + "/" + string(letter)}})
	}
	return all, nil
}}}

// TestDefinitions: a definition is printed as it was given, and read back as
// the same; what counts is what the description says.
func TestDefinitions(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"specUrlOrPayload":"a.yaml","operationId":"x"}`: `{
  "operationId" : "x",
  "specUrlOrPayload" : "a.yaml"
}`,
		`{"not":true,"contextPathPrefix":"/v1","specUrlOrPayload":"{'openapi':'3.0.0'}","operationId":"xy"}`: `{
  "not" : true,
  "operationId" : "xy",
  "specUrlOrPayload" : {
    "openapi" : "3.0.0"
  },
  "contextPathPrefix" : "/v1"
}`,
	} {
		m, _, err := operations.RequestMatcher([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		printed := wire.MatcherJSON(m).AppendJackson(nil)
		if diff := cmp.Diff(want, string(printed)); diff != "" {
			t.Errorf("printed otherwise (-want +got):\n%s", diff)
		}
		again, _, err := operations.RequestMatcher(printed)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, again); diff != "" {
			t.Errorf("reads back as another (-first +second):\n%s", diff)
		}
		if e, err := operations.Expectations([]byte(`{"httpRequest":` + in + `,"httpResponse":{}}`)); err != nil || cmp.Diff(m, e[0].Request) != "" {
			t.Errorf("as the request of an expectation: %+v, %v", e, err)
		}
	}
}

// TestDefinitionsThatFail names the place.
func TestDefinitionsThatFail(t *testing.T) {
	t.Parallel()
	const bad = `{"specUrlOrPayload":"a.yaml","operationId":"broken"}`
	read := map[string]func() error{
		"$.specUrlOrPayload": func() error { _, _, err := operations.RequestMatcher([]byte(bad)); return err },
		"$.httpRequest.specUrlOrPayload": func() error {
			_, err := operations.Verification([]byte(`{"httpRequest":` + bad + `}`))
			return err
		},
		"$.httpRequests[1].specUrlOrPayload": func() error {
			_, err := operations.VerificationSequence([]byte(`{"httpRequests":[{},` + bad + `]}`))
			return err
		},
		"$[1].httpRequest.specUrlOrPayload": func() error {
			_, err := operations.Expectations([]byte(`[{"httpResponse":{}},{"httpResponse":{},"httpRequest":` + bad + `}]`))
			return err
		},
	}
	for path, read := range read {
		want := "Unable to load API spec, " + path + ": it is broken"
		if err := read(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		} else if spec, ok := errors.AsType[*wire.OpenAPIError](err); !ok || spec.Path != path {
			t.Errorf("%v is another error", err)
		}
	}
}
