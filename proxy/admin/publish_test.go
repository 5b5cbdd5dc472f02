package admin_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/proxy/admin"
)

// published is a publisher that says what it was given. Version 409 is there
// already, and 500 meets a fault.
type published struct{}

func (published) Publish(_ context.Context, p admin.Publication) (jsondoc.Value, error) {
	switch p.Version {
	case "409":
		return jsondoc.Value{}, &admin.PublishError{Status: http.StatusConflict, Err: errors.New("409 Conflict: cannot change the content")}
	case "500":
		return jsondoc.Value{}, errors.New("a secret of ours")
	}
	contract, err := jsondoc.Parse(p.Contract)
	if err != nil {
		return contract, err
	}
	return jsondoc.Object(
		jsondoc.M("parties", jsondoc.String(p.Consumer+" "+p.Provider)),
		jsondoc.M("contract", contract),
		jsondoc.M("version", jsondoc.String(p.Version+" "+p.Branch+" "+p.BuildURL+" "+strconv.FormatBool(p.Merge))),
		jsondoc.M("tags", jsondoc.String(strings.Join(p.Tags, " ")))), nil
}

func TestPublishWithoutBroker(t *testing.T) {
	t.Parallel()
	r := start(t, func(o *admin.Options) { o.Publisher = nil })
	got := r.call(http.MethodPut, "/mockserver/pact/publish?consumer=web&provider=api", "")
	if got.status != http.StatusBadRequest || !strings.Contains(got.body, "start pactape with --broker-url or PACT_BROKER_BASE_URL") {
		t.Errorf("%d %s", got.status, got.body)
	}
}
