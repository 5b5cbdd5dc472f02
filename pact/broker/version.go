package broker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A Version is a version of an application, as a broker knows it.
type Version struct {
	// Number identifies the version; a commit's hash, by recommendation.
	Number string
	// Branch is the branch of the repository it was built from, if any.
	Branch string
	// Tags are tags of the version, the older way to say branch.
	Tags []string
	// BuildURL leads to the build, if any.
	BuildURL string
}

func (v Version) check() error {
	if strings.TrimSpace(v.Number) == "" {
		return errors.New("a version is wanted")
	}
	return nil
}

// describe tells the broker of a version's branch, then of its tags. r has the
// links: the index, or the application itself. An old broker without branches
// is a notice, not an error.
func (c *Client) describe(ctx context.Context, r *Resource, name string, v Version) ([]Notice, error) {
	var out []Notice
	if v.Branch != "" {
		err := c.mark(ctx, r, v, marking{
			rels:   []string{"pb:pacticipant-branch-version", "pb:branch-version"},
			values: map[string]string{"pacticipant": name, "branch": v.Branch, "version": v.Number},
			path:   []string{"pacticipants", name, "branches", v.Branch, "versions", v.Number},
		})
		switch {
		case errors.Is(err, ErrNotFound):
			out = append(out, Notice{Type: "warning", Text: "this broker does not know branches; branch " + v.Branch + " is left out"})
		case err != nil:
			return out, fmt.Errorf("set branch %q: %w", v.Branch, err)
		}
	}
	for _, tag := range v.Tags {
		err := c.mark(ctx, r, v, marking{
			rels:   []string{"pb:pacticipant-version-tag", "pb:version-tag"},
			values: map[string]string{"pacticipant": name, "version": v.Number, "tag": tag},
			path:   []string{"pacticipants", name, "versions", v.Number, "tags", tag},
		})
		if err != nil {
			return out, fmt.Errorf("set tag %q: %w", tag, err)
		}
	}
	return out, nil
}

// A marking is where a branch or a tag is put.
type marking struct {
	rels   []string          // links to it
	values map[string]string // for their templates
	path   []string          // where it is without
}

func (c *Client) mark(ctx context.Context, r *Resource, v Version, m marking) error {
	target, ok, err := r.follow(m.values, m.rels...)
	if err != nil {
		return err
	}
	if !ok {
		target = c.path(m.path...)
	}
	body := jsondoc.Object(addText(nil, "buildUrl", v.BuildURL)...)
	_, err = c.send(ctx, calling(http.MethodPut, target, body))
	return err
}
