package brokertest

import (
	"net/http"
	"net/url"
	"slices"
)

// matrix answers what can-i-deploy asks: whether the last result between the
// versions asked about and each that they must fit is a success. It knows
// versions by their number, and the environments test and production.
func (b *Broker) matrix(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	environment := query.Get("environment")
	if environment != "" && environment != "production" && environment != "test" {
		answer(w, http.StatusBadRequest, map[string]any{"errors": []string{"Environment with name '" + environment + "' does not exist"}})
		return
	}
	rows := []any{}
	counts := make(map[string]int)
	for _, p := range b.pacts {
		provider, needed := b.fits(p, environment)
		if !asked(query, p) || !needed {
			continue
		}
		row, verdict := b.row(r, p, b.result(p.SHA, provider))
		counts[verdict]++
		rows = append(rows, row)
	}
	var deployable any = counts["failed"] == 0
	reason := "All required verification results are published and successful"
	switch {
	case counts["failed"] > 0:
		reason = "The verification for a pact failed"
	case counts["unknown"] > 0:
		deployable, reason = nil, "There is no verified pact between some versions"
	case len(rows) == 0 && environment == "":
		deployable, reason = nil, "No pacts or verifications have been published"
	}
	answer(w, http.StatusOK, map[string]any{
		"summary": map[string]any{
			"deployable": deployable, "reason": reason,
			"success": counts["success"], "failed": counts["failed"], "unknown": counts["unknown"],
		},
		"notices": []any{map[string]any{"type": "info", "text": reason}},
		"matrix":  rows,
	})
}

// asked says whether a query is about a contract.
func asked(query url.Values, p *Pact) bool {
	names, versions := query["q[][pacticipant]"], query["q[][version]"]
	if slices.Contains(query["ignore[][pacticipant]"], p.Consumer) || slices.Contains(query["ignore[][pacticipant]"], p.Provider) {
		return false
	}
	i := slices.IndexFunc(names, func(name string) bool { return name == p.Consumer || name == p.Provider })
	return i >= 0 && (names[i] != p.Consumer || i >= len(versions) || versions[i] == p.Version)
}

// fits is the version of the provider in an environment; without one any
// version counts.
func (b *Broker) fits(p *Pact, environment string) (version string, needed bool) {
	if environment == "" {
		return "", true
	}
	for _, s := range b.stays {
		if s.Application == p.Provider && s.Environment == environment {
			return s.Version, true
		}
	}
	return "", false
}

func (b *Broker) row(r *http.Request, p *Pact, result *Result) (row map[string]any, verdict string) {
	row = map[string]any{
		"consumer": map[string]any{"name": p.Consumer, "version": map[string]any{"number": p.Version}},
		"provider": map[string]any{"name": p.Provider, "version": nil},
		"pact":     map[string]any{"createdAt": "2026-01-01T00:00:00+00:00"}, "verificationResult": nil,
	}
	if result == nil {
		return row, "unknown"
	}
	verdict = "failed"
	if result.Success {
		verdict = "success"
	}
	row["provider"] = map[string]any{"name": p.Provider, "version": map[string]any{"number": result.ProviderVersion}}
	row["verificationResult"] = map[string]any{
		"success": result.Success, "verifiedAt": "2026-01-01T00:00:00+00:00",
		"_links": map[string]any{"self": b.link(r, p.path()+"/verification-results/1")},
	}
	return row, verdict
}

// result is the last of a contract, of a version or of any.
func (b *Broker) result(sha, providerVersion string) *Result {
	for _, r := range slices.Backward(b.results) {
		if r.SHA == sha && (providerVersion == "" || r.ProviderVersion == providerVersion) {
			return r
		}
	}
	return nil
}
