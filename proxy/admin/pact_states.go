package admin

import (
	"net/http"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// getStates answers the provider states that are active: {"states":[…]}, null
// if nobody has told.
func (c *call) getStates() error {
	return c.json(http.StatusOK, statesJSON(c.space.ProviderStates()).AppendJackson(nil))
}

// putStates makes provider states the active ones, in place of those before,
// and answers them. null forgets what was told.
func (c *call) putStates() error {
	doc, err := jsondoc.Parse(c.body)
	if err != nil {
		return errorJSON("provider states: " + err.Error())
	}
	states, err := expectations.ReadProviderStates(doc)
	if err != nil {
		return errorJSON(err.Error())
	}
	if err := c.space.SetProviderStates(states); err != nil {
		return errorJSON(err.Error())
	}
	return c.getStates()
}

func statesJSON(s *expectations.ProviderStates) jsondoc.Value {
	if s == nil {
		return jsondoc.Object(jsondoc.M("states", jsondoc.Null()))
	}
	items := make([]jsondoc.Value, 0, len(s.Active))
	for _, state := range s.Active {
		v := jsondoc.Object(jsondoc.M("name", jsondoc.String(state.Name)))
		if len(state.Params) > 0 {
			v.Members = append(v.Members, jsondoc.M("params", jsondoc.Object(state.Params...)))
		}
		items = append(items, v)
	}
	return jsondoc.Object(jsondoc.M("states", jsondoc.Array(items...)))
}
