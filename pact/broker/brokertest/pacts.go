package brokertest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// publish is POST /contracts/publish.
func (b *Broker) publish(w http.ResponseWriter, r *http.Request) {
	var call struct {
		Name      string `json:"pacticipantName"`
		Number    string `json:"pacticipantVersionNumber"`
		Branch    string
		Tags      []string
		BuildURL  string `json:"buildUrl"`
		Contracts []struct {
			ConsumerName, ProviderName, Specification, ContentType, OnConflict string
			Content                                                            []byte // base64
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&call); err != nil || call.Name == "" || call.Number == "" {
		refuse(w, http.StatusBadRequest, "pacticipantName", "is missing")
		return
	}
	var add []*Pact
	for _, c := range call.Contracts {
		p, err := b.newPact(c.ConsumerName, c.ProviderName, call.Number, c.Content)
		if err != "" || c.ConsumerName != call.Name || c.Specification != "pact" || c.ContentType != "application/json" {
			refuse(w, http.StatusBadRequest, "contracts", "cannot be read "+err)
			return
		}
		if !b.place(p, c.OnConflict == "merge") {
			text := "Cannot change the content of the pact for " + p.Consumer + " version " + p.Version + " and provider " + p.Provider
			answer(w, http.StatusConflict, map[string]any{
				"notices": []any{map[string]any{"type": "error", "text": text}},
				"errors":  map[string]any{"contracts": []string{text}},
			})
			return
		}
		add = append(add, p)
	}
	v := b.version(call.Name, call.Number)
	v.Branches, v.BuildURL = insert(v.Branches, call.Branch), call.BuildURL
	for _, tag := range call.Tags {
		v.Tags = insert(v.Tags, tag)
	}
	var links, notices []any
	for _, p := range add {
		b.store(p)
		links = append(links, b.link(r, p.path()))
		notices = append(notices, map[string]any{"type": "success", "text": "Pact successfully published for " + p.Consumer + " version " + p.Version + " and provider " + p.Provider + "."})
	}
	answer(w, http.StatusOK, map[string]any{
		"notices": notices, "logs": notices,
		"_embedded": map[string]any{
			"pacticipant": map[string]any{"name": call.Name, "_links": map[string]any{"self": b.link(r, "/pacticipants/"+url.PathEscape(call.Name))}},
			"version":     map[string]any{"number": call.Number, "_links": map[string]any{"self": b.link(r, "/")}},
		},
		"_links": map[string]any{"pb:contracts": links},
	})
}

// putPact is the older way to publish; PATCH merges.
func (b *Broker) putPact(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	p, problem := b.newPact(r.PathValue("consumer"), r.PathValue("provider"), r.PathValue("version"), body)
	if problem != "" {
		refuse(w, http.StatusBadRequest, "content", problem)
		return
	}
	if !b.place(p, r.Method == http.MethodPatch) {
		refuse(w, http.StatusConflict, "content", "Cannot change the content of the pact")
		return
	}
	b.version(p.Consumer, p.Version)
	status := http.StatusCreated
	if b.store(p) {
		status = http.StatusOK
	}
	answer(w, status, map[string]any{"_links": map[string]any{"self": b.link(r, p.path())}})
}

func (b *Broker) newPact(consumer, provider, version string, content []byte) (p *Pact, problem string) {
	doc, err := jsondoc.Parse(content)
	if err != nil {
		return nil, err.Error()
	}
	if partyName(doc, "consumer") != consumer || partyName(doc, "provider") != provider {
		return nil, "names in the contract and the call differ"
	}
	return &Pact{consumer, provider, version, digest(doc), doc}, ""
}

func partyName(doc jsondoc.Value, role string) string {
	party, _ := doc.Get(role)
	name, _ := party.Get("name")
	return name.Text
}

func digest(v jsondoc.Value) string {
	sum := sha256.Sum256(v.AppendCanonical(nil))
	return hex.EncodeToString(sum[:20])
}

// place merges p with what it would replace, and says whether that is allowed.
func (b *Broker) place(p *Pact, merge bool) bool {
	for _, old := range b.pacts {
		if old.Consumer != p.Consumer || old.Provider != p.Provider || old.Version != p.Version || old.SHA == p.SHA {
			continue
		}
		if merge {
			p.merge(old)
		} else if b.Immutable {
			return false
		}
	}
	return true
}

// merge puts the interactions of old that p lacks before those of p.
func (p *Pact) merge(old *Pact) {
	ours, _ := p.Content.Get("interactions")
	theirs, _ := old.Content.Get("interactions")
	both := slices.Clone(theirs.Items)
	for _, it := range ours.Items {
		if !slices.ContainsFunc(both, func(have jsondoc.Value) bool { return jsondoc.Equal(have, it) }) {
			both = append(both, it)
		}
	}
	p.Content.Members = slices.Clone(p.Content.Members)
	for i := range p.Content.Members {
		if p.Content.Members[i].Name == "interactions" {
			p.Content.Members[i].Value = jsondoc.Array(both...)
		}
	}
	p.SHA = digest(p.Content)
}

// store says whether a contract was replaced.
func (b *Broker) store(p *Pact) (replaced bool) {
	n := len(b.pacts)
	b.pacts = slices.DeleteFunc(b.pacts, func(old *Pact) bool {
		return old.Consumer == p.Consumer && old.Provider == p.Provider && old.Version == p.Version
	})
	replaced = len(b.pacts) < n
	b.pacts = append(b.pacts, p)
	return replaced
}

func (p *Pact) path() string {
	return "/pacts/provider/" + url.PathEscape(p.Provider) + "/consumer/" + url.PathEscape(p.Consumer) + "/pact-version/" + p.SHA
}

// getPact hands out a contract with ids and links.
func (b *Broker) getPact(w http.ResponseWriter, r *http.Request) {
	i := slices.IndexFunc(b.pacts, func(p *Pact) bool {
		return p.SHA == r.PathValue("sha") && p.Provider == r.PathValue("provider") && p.Consumer == r.PathValue("consumer")
	})
	if i < 0 {
		answer(w, http.StatusNotFound, map[string]any{"error": "The requested document was not found on this server."})
		return
	}
	p := b.pacts[i]
	content := jsondoc.Object(slices.Clone(p.Content.Members)...)
	for i, m := range content.Members {
		if m.Name == "interactions" {
			content.Members[i].Value = withIDs(m.Value)
		}
	}
	link := func(path string) jsondoc.Value {
		return jsondoc.Object(jsondoc.M("href", jsondoc.String(b.href(r, path))))
	}
	content.Members = append(content.Members, jsondoc.M("_links", jsondoc.Object(
		jsondoc.M("self", link(p.path())),
		jsondoc.M("pb:provider", link("/pacticipants/"+url.PathEscape(p.Provider))),
		jsondoc.M("pb:consumer", link("/pacticipants/"+url.PathEscape(p.Consumer))),
		jsondoc.M("pb:publish-verification-results", link(p.path()+"/verification-results")),
	)))
	w.Header().Set("Content-Type", "application/hal+json;charset=utf-8")
	_, _ = w.Write(content.AppendCompact(nil))
}

func withIDs(list jsondoc.Value) jsondoc.Value {
	items := make([]jsondoc.Value, 0, len(list.Items))
	for _, it := range list.Items {
		members := []jsondoc.Member{jsondoc.M("_id", jsondoc.String(digest(it)))}
		items = append(items, jsondoc.Object(append(members, it.Members...)...))
	}
	return jsondoc.Array(items...)
}

// putResult takes a verification result.
func (b *Broker) putResult(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	var result struct {
		Success *bool
		Version string `json:"providerApplicationVersion"`
	}
	if err := json.Unmarshal(body, &result); err != nil || result.Success == nil || result.Version == "" {
		refuse(w, http.StatusBadRequest, "success", "is missing")
		return
	}
	v := b.version(r.PathValue("provider"), result.Version)
	b.results = append(b.results, &Result{
		Consumer: r.PathValue("consumer"), Provider: r.PathValue("provider"), SHA: r.PathValue("sha"),
		ProviderVersion: result.Version, Success: *result.Success, Body: body,
		Branches: slices.Clone(v.Branches), Tags: slices.Clone(v.Tags),
	})
	answer(w, http.StatusCreated, map[string]any{"_links": map[string]any{"self": b.link(r, r.URL.EscapedPath()+"/1")}})
}
