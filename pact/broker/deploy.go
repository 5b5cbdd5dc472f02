package broker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A Participant names an application and, unless all are meant, versions of
// it.
type Participant struct {
	// Name is the application's. Required.
	Name string
	// Version is the number of one version.
	Version string
	// Latest is the last version: of all, of the Branch, or with the Tag.
	Latest bool
	Branch string
	Tag    string
	// MainBranch is the last version of the application's main branch.
	MainBranch bool
}

// A Gate asks whether versions may be deployed.
type Gate struct {
	// Participants are what is to be deployed. Required.
	Participants []Participant
	// Environment is where to; its own versions are what they must fit.
	Environment string
	// ToTag is the older way to say so: what has the tag.
	ToTag string
	// MainBranches are what they must fit: the question of a merge.
	MainBranches bool
	// Ignore leaves out applications, or versions of them.
	Ignore []Participant
}

// A Matrix is the broker's answer to a [Gate].
type Matrix struct {
	// Deployable is the answer.
	Deployable bool
	// Unknown counts the results that are still missing.
	Unknown int
	// Reason and Notices say why, for people.
	Reason  string
	Notices []Notice
	// Rows are the results it rests upon.
	Rows []Row
	// Value is the whole answer.
	Value jsondoc.Value
}

// A Row is the result between two versions; Success is nil where there is none
// yet.
type Row struct {
	Consumer, ConsumerVersion string
	Provider, ProviderVersion string
	Success                   *bool
	// URL leads to the result, "" if there is none.
	URL string
}

// CanIDeploy asks the broker.
func (c *Client) CanIDeploy(ctx context.Context, g Gate) (*Matrix, error) {
	if len(g.Participants) == 0 {
		return nil, errors.New("can I deploy: the name of an application is wanted")
	}
	target := c.path("matrix") // no broker has a link to it
	target.RawQuery = g.query()
	call := call{method: http.MethodGet, url: target}
	answer, err := c.resource(ctx, call)
	if err != nil {
		return nil, fmt.Errorf("can I deploy: %w", err)
	}
	m, err := readMatrix(answer.Value)
	if err != nil {
		return nil, fmt.Errorf("can I deploy: %w", &answerError{call, err.Error()})
	}
	return m, nil
}

// Patience is how long to wait for results that are missing.
type Patience struct {
	// Times is how often to ask again, and Interval the time between.
	Times    int
	Interval time.Duration
	// Waiting, if set, is told of each time before it.
	Waiting func(unknown, left int)
}

// AwaitDeploy asks as [Client.CanIDeploy] does, again and again while results
// are missing and p allows. The last answer is returned.
func (c *Client) AwaitDeploy(ctx context.Context, g Gate, p Patience) (*Matrix, error) {
	for left := p.Times; ; left-- {
		m, err := c.CanIDeploy(ctx, g)
		if err != nil || m.Deployable || m.Unknown == 0 || left <= 0 {
			return m, err
		}
		if p.Waiting != nil {
			p.Waiting(m.Unknown, left)
		}
		if err := pause(ctx, p.Interval); err != nil {
			return nil, fmt.Errorf("can I deploy: %w", err)
		}
	}
}

// query is the gate as the official tools ask it. Its order matters: a broker
// (Rack) begins a new member of a list where a key comes again.
func (g Gate) query() string {
	var q ordered
	for _, p := range g.Participants {
		q.participant("q[]", p)
	}
	latestBy := "cvpv" // the last result for each two versions
	if len(g.Participants) == 1 {
		latestBy = "cvp" // for each version of the consumer and provider
	}
	q.add("latestby", latestBy)
	switch {
	case g.Environment != "":
		q.add("environment", g.Environment)
	case g.ToTag != "":
		q.add("latest", "true")
		q.add("tag", g.ToTag)
	case g.MainBranches:
		q.add("latest", "true")
		q.add("mainBranch", "true")
	case len(g.Participants) == 1:
		q.add("latest", "true")
	}
	for _, p := range g.Ignore {
		q.participant("ignore[]", p)
	}
	return strings.Join(q, "&")
}

// ordered is a query whose order is kept.
type ordered []string

func (q *ordered) add(key, value string) {
	if value != "" {
		*q = append(*q, url.QueryEscape(key)+"="+url.QueryEscape(value))
	}
}

func (q *ordered) participant(list string, p Participant) {
	yes := map[bool]string{true: "true"}
	q.add(list+"[pacticipant]", p.Name)
	q.add(list+"[version]", p.Version)
	q.add(list+"[latest]", yes[p.Latest])
	q.add(list+"[tag]", p.Tag)
	q.add(list+"[branch]", p.Branch)
	q.add(list+"[mainBranch]", yes[p.MainBranch])
}

func readMatrix(v jsondoc.Value) (*Matrix, error) {
	summary, ok := v.Get("summary")
	if !ok || summary.Kind != jsondoc.KindObject {
		return nil, errors.New("the answer has no summary")
	}
	m := &Matrix{Value: v, Reason: printable(text(summary, "reason"), maxNotice), Notices: notices(v)}
	deployable, _ := summary.Get("deployable")
	m.Deployable = deployable.Kind == jsondoc.KindBool && deployable.Bool
	if unknown, ok := summary.Get("unknown"); ok {
		m.Unknown, _ = strconv.Atoi(unknown.Text)
	}
	rows, _ := v.Get("matrix")
	for _, row := range rows.Items {
		m.Rows = append(m.Rows, readRow(row))
	}
	return m, nil
}

func readRow(v jsondoc.Value) Row {
	var r Row
	r.Consumer, r.ConsumerVersion = participant(v, "consumer")
	r.Provider, r.ProviderVersion = participant(v, "provider")
	result, _ := v.Get("verificationResult")
	if success, ok := result.Get("success"); ok && success.Kind == jsondoc.KindBool {
		r.Success = &success.Bool
		if link, ok := newResource(result).Link("self"); ok {
			r.URL = printable(link.Href, maxDetail)
		}
	}
	return r
}

func participant(row jsondoc.Value, role string) (name, version string) {
	v, _ := row.Get(role)
	number, _ := v.Get("version")
	return printable(text(v, "name"), maxDetail), printable(text(number, "number"), maxDetail)
}
