package broker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A Stay is of a version of an application in an environment: deployed, which
// the next deployment ends, or released, until its support ends.
type Stay struct {
	// Application is the application's name, and Environment that of the
	// environment. Required.
	Application, Environment string
	// Version is the number of the version. What is deployed last needs none
	// to be ended.
	Version string
	// Instance tells apart several deployments of one application in one
	// environment; "" for the only one.
	Instance string
}

// RecordDeployment tells the broker that a version was deployed, in place of
// the one that was. It returns the record.
func (c *Client) RecordDeployment(ctx context.Context, s Stay) (jsondoc.Value, error) {
	body := jsondoc.Object()
	if s.Instance != "" { // older brokers call it target
		body = jsondoc.Object(jsondoc.M("applicationInstance", jsondoc.String(s.Instance)), jsondoc.M("target", jsondoc.String(s.Instance)))
	}
	return c.record(ctx, s, "pb:record-deployment", body)
}

// RecordRelease tells the broker that a version was released, beside those that
// are. It returns the record.
func (c *Client) RecordRelease(ctx context.Context, s Stay) (jsondoc.Value, error) {
	return c.record(ctx, s, "pb:record-release", jsondoc.Object())
}

// record posts to a version's link for an environment.
func (c *Client) record(ctx context.Context, s Stay, rel string, body jsondoc.Value) (jsondoc.Value, error) {
	what := strings.ReplaceAll(strings.TrimPrefix(rel, "pb:"), "-", " ")
	target, err := c.recordAt(ctx, s, rel)
	if err == nil {
		var record *Resource
		if record, err = c.resource(ctx, calling(http.MethodPost, target, body)); err == nil {
			return record.Value, nil
		}
	}
	return jsondoc.Value{}, fmt.Errorf("%s of %s %s: %w", what, s.Application, s.Version, err)
}

func (c *Client) recordAt(ctx context.Context, s Stay, rel string) (*url.URL, error) {
	index, err := c.index(ctx)
	if err != nil {
		return nil, err
	}
	at, ok, err := index.follow(map[string]string{"pacticipant": s.Application, "version": s.Version}, "pb:pacticipant-version")
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, errNoEnvironments
	}
	version, err := c.resource(ctx, call{method: http.MethodGet, url: at})
	if errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("the broker has no such version: %w", err)
	}
	if err != nil {
		return nil, err
	}
	link, err := named(version.Links(rel), s.Environment)
	if err != nil {
		return nil, err
	}
	return version.resolve(link.Href)
}

// errNoEnvironments says that a broker is too old.
var errNoEnvironments = errors.New("this broker knows no environments; Pact Broker 2.80 or later is needed")

// named finds the link of an environment.
func named(links []Link, environment string) (Link, error) {
	if len(links) == 0 {
		return Link{}, errNoEnvironments
	}
	names := make([]string, 0, len(links))
	for _, link := range links {
		if link.Name == environment {
			return link, nil
		}
		names = append(names, link.Name)
	}
	return Link{}, fmt.Errorf("there is no environment %q at the broker (there are %s)", environment, strings.Join(names, ", "))
}

// RecordUndeployment tells the broker that an application is deployed no more.
// It returns the records that were ended.
func (c *Client) RecordUndeployment(ctx context.Context, s Stay) (jsondoc.Value, error) {
	ended, err := c.end(ctx, s, ending{
		rels: []string{"pb:currently-deployed-deployed-versions", "pb:currently-deployed-versions"}, list: "deployedVersions", member: "currentlyDeployed",
		query: url.Values{"pacticipant": {s.Application}},
	})
	if err != nil {
		return ended, fmt.Errorf("record undeployment of %s: %w", s.Application, err)
	}
	return ended, nil
}

// RecordSupportEnded tells the broker that a released version is supported no
// more. It returns the records that were ended.
func (c *Client) RecordSupportEnded(ctx context.Context, s Stay) (jsondoc.Value, error) {
	ended, err := c.end(ctx, s, ending{
		rels: []string{"pb:currently-supported-released-versions", "pb:currently-supported-versions"}, list: "releasedVersions", member: "currentlySupported",
		query: url.Values{"pacticipant": {s.Application}, "version": {s.Version}},
	})
	if err != nil {
		return ended, fmt.Errorf("record end of support of %s %s: %w", s.Application, s.Version, err)
	}
	return ended, nil
}

// An ending is how stays of one kind are found and ended.
type ending struct {
	rels         []string // links of an environment to its stays
	list, member string
	query        url.Values
}

// end ends the stays of an instance in an environment.
func (c *Client) end(ctx context.Context, s Stay, e ending) (jsondoc.Value, error) {
	ended := jsondoc.Array()
	stays, err := c.stays(ctx, s, e)
	if err != nil {
		return ended, err
	}
	var others []string
	for _, stay := range stays {
		if !about(stay, s) {
			continue // the broker left the query aside
		}
		if instance := instanceOf(stay); instance != s.Instance {
			others = append(others, instance)
			continue
		}
		self, ok, err := stay.follow(nil, "self")
		if err != nil {
			return ended, err
		}
		if !ok {
			return ended, errors.New("the broker gives no link to the record")
		}
		patch := calling(http.MethodPatch, self, jsondoc.Object(jsondoc.M(e.member, jsondoc.Bool(false))))
		patch.media = "application/merge-patch+json" // RFC 7396; a broker takes nothing else
		record, err := c.resource(ctx, patch)
		if err != nil {
			return ended, err
		}
		ended.Items = append(ended.Items, record.Value)
	}
	switch {
	case len(ended.Items) > 0:
		return ended, nil
	case len(others) > 0:
		return ended, fmt.Errorf("it is in environment %s as the instances %q only; name one", s.Environment, others)
	}
	return ended, fmt.Errorf("it is not in environment %s", s.Environment)
}

// about says whether a record is of an application, and of a version if one is
// named, as far as it tells.
func about(stay *Resource, s Stay) bool {
	for _, application := range stay.Embedded("pacticipant") {
		if text(application.Value, "name") != s.Application {
			return false
		}
	}
	for _, version := range stay.Embedded("version") {
		if s.Version != "" && text(version.Value, "number") != s.Version {
			return false
		}
	}
	return true
}

// instanceOf is the application instance of a stay, which older brokers call
// target.
func instanceOf(stay *Resource) string {
	if name := text(stay.Value, "applicationInstance"); name != "" {
		return name
	}
	return text(stay.Value, "target")
}

// stays are those in an environment that an ending's query is about.
func (c *Client) stays(ctx context.Context, s Stay, e ending) ([]*Resource, error) {
	index, err := c.index(ctx)
	if err != nil {
		return nil, err
	}
	at, ok, err := index.follow(nil, "pb:environments")
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, errNoEnvironments
	}
	environments, err := c.resource(ctx, call{method: http.MethodGet, url: at})
	if err != nil {
		return nil, err
	}
	link, err := named(environments.Links("pb:environments"), s.Environment)
	if err != nil {
		return nil, err
	}
	if at, err = environments.resolve(link.Href); err != nil {
		return nil, err
	}
	environment, err := c.resource(ctx, call{method: http.MethodGet, url: at})
	if err != nil {
		return nil, err
	}
	at, ok, err = environment.follow(nil, e.rels...)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, errNoEnvironments
	}
	at.RawQuery = e.query.Encode()
	list, err := c.resource(ctx, call{method: http.MethodGet, url: at})
	if err != nil {
		return nil, err
	}
	return list.Embedded(e.list), nil
}
