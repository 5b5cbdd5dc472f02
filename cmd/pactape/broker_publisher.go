package main

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/pactape/pactape/cmd/pactape/revision"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact/broker"
	"github.com/pactape/pactape/proxy/admin"
)

// A publisher publishes for calls to the admin API.
type publisher struct{ client *broker.Client }

var _ admin.Publisher = publisher{}

// Publish implements [admin.Publisher].
func (p publisher) Publish(ctx context.Context, call admin.Publication) (jsondoc.Value, error) {
	v := broker.Version{Number: call.Version, Branch: call.Branch, Tags: call.Tags, BuildURL: call.BuildURL}
	if v.Number == "" {
		found, err := revision.Detect(ctx, revision.Options{})
		if found.Commit == "" {
			return jsondoc.Value{}, &admin.PublishError{Status: http.StatusBadRequest, Err: errors.Join(errors.New("no version of the consumer: give ?version="), err)}
		}
		v.Number, v.Branch, v.BuildURL = found.Commit, cmp.Or(v.Branch, found.Branch), cmp.Or(v.BuildURL, found.BuildURL)
	}
	result, err := p.client.Publish(ctx, broker.Publication{
		Version: v, Merge: call.Merge, Contracts: []broker.Contract{{Consumer: call.Consumer, Provider: call.Provider, Content: call.Contract}},
	})
	if err != nil {
		return jsondoc.Value{}, &admin.PublishError{Status: publishStatus(err), Err: err}
	}
	published, notices := jsondoc.Array(), jsondoc.Array()
	for _, done := range result.Published {
		published.Items = append(published.Items, jsondoc.Object(
			jsondoc.M("consumer", jsondoc.String(done.Consumer)), jsondoc.M("provider", jsondoc.String(done.Provider)),
			jsondoc.M("version", jsondoc.String(v.Number)), jsondoc.M("url", jsondoc.String(done.URL))))
	}
	for _, n := range result.Notices {
		notices.Items = append(notices.Items, jsondoc.Object(jsondoc.M("type", jsondoc.String(n.Type)), jsondoc.M("text", jsondoc.String(n.Text))))
	}
	return jsondoc.Object(jsondoc.M("published", published), jsondoc.M("notices", notices)), nil
}

// publishStatus is what a client of the admin API gets for what a broker
// answered us.
func publishStatus(err error) int {
	if errors.Is(err, broker.ErrConflict) {
		return http.StatusConflict
	}
	if status, ok := errors.AsType[*broker.StatusError](err); ok && (status.Status == http.StatusBadRequest || status.Status == http.StatusUnprocessableEntity) {
		return http.StatusBadRequest
	}
	return http.StatusBadGateway
}
