package proxy

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// statesHeader names the provider states that are active for one request, in
// place of those of its session: what runs beside it sees nothing of them. A
// line is the name of a state, or JSON as the admin API takes it; an empty one
// says that there is none. It is for us, and goes no further.
const statesHeader = "X-Pactape-Provider-State"

// takeStates takes the header off a request; nil if there was none.
func takeStates(h http.Header) (*expectations.ProviderStates, error) {
	lines, ok := h[statesHeader]
	if !ok {
		return nil, nil
	}
	delete(h, statesHeader)
	all := &expectations.ProviderStates{}
	for _, line := range lines {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case strings.IndexByte("{[", line[0]) >= 0:
			doc, err := jsondoc.Parse([]byte(line))
			if err != nil {
				return nil, fmt.Errorf("the header %s is not valid JSON: %w", statesHeader, err)
			}
			states, err := expectations.ReadProviderStates(doc)
			if err != nil {
				return nil, fmt.Errorf("the header %s: %w", statesHeader, err)
			}
			all.Active = append(all.Active, states.Active...)
		default:
			all.Active = append(all.Active, expectations.ProviderState{Name: line})
		}
	}
	return all, nil
}
