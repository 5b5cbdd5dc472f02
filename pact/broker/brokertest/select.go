package brokertest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
)

// A selector is a consumer version selector as far as this broker knows them.
type selector struct {
	MainBranch, MatchingBranch, Latest, Deployed, Released, DeployedOrReleased bool
	Branch, FallbackBranch, Tag, FallbackTag, Environment, Consumer            string
}

// A wish is what a verifier asks for.
type wish struct {
	Selectors []selector `json:"consumerVersionSelectors"`
	Pending   bool       `json:"includePendingStatus"`
	WIPSince  string     `json:"includeWipPactsSince"`
	Branch    string     `json:"providerVersionBranch"`
	Tags      []string   `json:"providerVersionTags"`
}

// forVerification answers which contracts a provider is to be held to.
func (b *Broker) forVerification(w http.ResponseWriter, r *http.Request) {
	var call wish
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&call); err != nil {
			refuse(w, http.StatusBadRequest, "body", err.Error())
			return
		}
	}
	provider := r.PathValue("provider")
	if len(call.Selectors) == 0 {
		call.Selectors = []selector{{Latest: true}}
	}
	items := []any{}
	var done []string
	list := func(p *Pact, why string, properties map[string]any) {
		if !slices.Contains(done, p.SHA) {
			done = append(done, p.SHA)
			items = append(items, b.item(r, p, why, properties))
		}
	}
	for _, s := range call.Selectors {
		for _, p := range b.chosen(provider, s, call.Branch) {
			properties := map[string]any{}
			if call.Pending {
				properties["pending"] = !b.fulfilled(p.SHA, call.Branch, call.Tags)
			}
			list(p, describe(s), properties)
		}
	}
	if call.WIPSince != "" { // all of a test is of today
		for _, p := range b.heads(provider) {
			if !b.fulfilled(p.SHA, call.Branch, call.Tags) {
				list(p, "work in progress", map[string]any{"pending": true, "wip": true})
			}
		}
	}
	answer(w, http.StatusOK, map[string]any{"_embedded": map[string]any{"pacts": items}, "_links": map[string]any{"self": b.link(r, r.URL.EscapedPath())}})
}

func (b *Broker) item(r *http.Request, p *Pact, why string, properties map[string]any) any {
	properties["notices"] = []any{
		map[string]any{"when": "before_verification", "text": "The pact at " + b.href(r, p.path()) + " is being verified because it matches: " + why},
		map[string]any{"when": "after_verification:success_true_published_false", "text": "This pact stays pending until a successful result is published."},
		map[string]any{"when": "after_verification:success_false_published_true", "text": "The failure of this pact has been published."},
	}
	return map[string]any{
		"shortDescription":       why,
		"verificationProperties": properties,
		"_links": map[string]any{"self": map[string]any{
			"href": b.href(r, p.path()), "name": "Pact between " + p.Consumer + " (" + p.Version + ") and " + p.Provider,
		}},
	}
}

func describe(s selector) string {
	switch {
	case s.MainBranch:
		return "latest from main branch"
	case s.Branch != "":
		return "latest from branch " + s.Branch
	case s.Tag != "":
		return "with tag " + s.Tag
	}
	return "latest"
}

// fulfilled says whether a version of the branch, or with a tag, has.
func (b *Broker) fulfilled(sha, branch string, tags []string) bool {
	return slices.ContainsFunc(b.results, func(r *Result) bool {
		return r.SHA == sha && r.Success && (branch == "" && len(tags) == 0 || slices.Contains(r.Branches, branch) ||
			slices.ContainsFunc(tags, func(tag string) bool { return slices.Contains(r.Tags, tag) }))
	})
}

// heads are the last contracts of each branch and tag.
func (b *Broker) heads(provider string) []*Pact {
	var out []*Pact
	for _, v := range b.versions {
		for _, branch := range v.Branches {
			out = append(out, b.last(provider, func(o *Version) bool {
				return o.Application == v.Application && slices.Contains(o.Branches, branch)
			})...)
		}
	}
	return out
}

// chosen are the contracts that a selector chooses.
func (b *Broker) chosen(provider string, s selector, providerBranch string) []*Pact {
	fits := func(v *Version) bool { return s.Consumer == "" || v.Application == s.Consumer }
	of := func(test func(*Version) bool) []*Pact {
		return b.last(provider, func(v *Version) bool { return fits(v) && test(v) })
	}
	branch := s.Branch
	if s.MainBranch {
		branch = "main"
	}
	if s.MatchingBranch {
		branch = cmp.Or(providerBranch, "\x00")
	}
	switch {
	case branch != "":
		found := of(func(v *Version) bool { return slices.Contains(v.Branches, branch) })
		if len(found) == 0 && s.FallbackBranch != "" {
			found = of(func(v *Version) bool { return slices.Contains(v.Branches, s.FallbackBranch) })
		}
		return found
	case s.Tag != "":
		found := of(func(v *Version) bool { return slices.Contains(v.Tags, s.Tag) })
		if len(found) == 0 && s.FallbackTag != "" {
			found = of(func(v *Version) bool { return slices.Contains(v.Tags, s.FallbackTag) })
		}
		return found
	case s.Deployed || s.Released || s.DeployedOrReleased || s.Environment != "":
		return of(func(v *Version) bool {
			return slices.ContainsFunc(b.stays, func(stay *Stay) bool {
				return stay.Application == v.Application && stay.Version == v.Number && (s.Environment == "" || s.Environment == stay.Environment)
			})
		})
	}
	return of(func(*Version) bool { return true })
}

// last are the last contracts of each consumer among versions that pass.
func (b *Broker) last(provider string, test func(*Version) bool) []*Pact {
	var out []*Pact
	var seen []string
	for _, p := range slices.Backward(b.pacts) {
		if p.Provider == provider && !slices.Contains(seen, p.Consumer) && test(b.version(p.Consumer, p.Version)) {
			seen = append(seen, p.Consumer)
			out = append(out, p)
		}
	}
	return out
}

// latest is what brokers had before selectors.
func (b *Broker) latest(w http.ResponseWriter, r *http.Request) {
	tag := r.PathValue("tag")
	links := []any{}
	for _, p := range b.last(r.PathValue("provider"), func(v *Version) bool { return tag == "" || slices.Contains(v.Tags, tag) }) {
		links = append(links, map[string]any{"href": b.href(r, p.path()), "name": p.Consumer, "title": "Pact between " + p.Consumer + " and " + p.Provider})
	}
	answer(w, http.StatusOK, map[string]any{"_links": map[string]any{"pb:pacts": links}})
}
