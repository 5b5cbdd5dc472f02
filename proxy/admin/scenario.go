package admin

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// scenarios lists the states of the space's scenarios (MockServer 7
// GET /mockserver/scenario).
func (c *call) scenarios() error {
	list := jsondoc.Array()
	for _, s := range c.space.AllScenarios() {
		list.Items = append(list.Items, scenarioJSON(s))
	}
	return c.json(http.StatusOK, jsondoc.Object(jsondoc.M("scenarios", list)).AppendJackson(nil))
}

// scenario tells the state of one, "Started" of one that nobody has named.
func (c *call) scenario() error {
	name, err := c.scenarioName()
	if err != nil {
		return err
	}
	return c.scenarioIs(expectations.Scenario{Name: name, State: c.space.Scenarios.State(name)})
}

// putScenario puts one into a state, for good or until the next.
func (c *call) putScenario() error {
	return c.moveScenario(func(name string, body jsondoc.Value) (expectations.Scenario, string) {
		s := expectations.Scenario{Name: name}
		var problem string
		if s.State, problem = scenarioText(body, "state", true); problem != "" {
			return s, problem
		}
		if s.Next, problem = scenarioText(body, "nextState", false); problem != "" {
			return s, problem
		}
		s.After, problem = transitionAfter(body, s.Next)
		return s, problem
	})
}

// triggerScenario puts one into a new state from outside.
func (c *call) triggerScenario() error {
	return c.moveScenario(func(name string, body jsondoc.Value) (expectations.Scenario, string) {
		state, problem := scenarioText(body, "newState", true)
		return expectations.Scenario{Name: name, State: state}, problem
	})
}

// moveScenario puts a scenario into the state that read makes of the body; it
// returns what is wrong with it, if anything.
func (c *call) moveScenario(read func(name string, body jsondoc.Value) (expectations.Scenario, string)) error {
	name, err := c.scenarioName()
	if err != nil {
		return err
	}
	body, err := jsondoc.ParseLenient(c.body)
	if err != nil {
		return errorJSON("the body must be a JSON object: " + err.Error())
	}
	if body.Kind != jsondoc.KindObject {
		return errorJSON("the body must be a JSON object")
	}
	s, problem := read(name, body)
	if problem != "" {
		return errorJSON(problem)
	}
	if err := c.space.Scenarios.Put(s); err != nil {
		return errorJSON(err.Error())
	}
	return c.scenarioIs(s)
}

func (c *call) scenarioName() (string, error) {
	name, err := url.PathUnescape(mux.Vars(c.r)["name"])
	if err != nil {
		return "", errorJSON("the name of the scenario is not well escaped: " + err.Error())
	}
	return name, nil
}

func (c *call) scenarioIs(s expectations.Scenario) error {
	return c.json(http.StatusOK, scenarioJSON(s).AppendJackson(nil))
}

func scenarioJSON(s expectations.Scenario) jsondoc.Value {
	v := jsondoc.Object(
		jsondoc.M("scenarioName", jsondoc.String(s.Name)),
		jsondoc.M("currentState", jsondoc.String(s.State)),
	)
	if s.Next != "" {
		v.Members = append(v.Members,
			jsondoc.M("nextState", jsondoc.String(s.Next)),
			jsondoc.M("transitionAfterMs", jsondoc.Int(s.After.Milliseconds())))
	}
	return v
}

// scenarioText is a member that holds a state, and what is wrong with it.
func scenarioText(body jsondoc.Value, name string, required bool) (text, problem string) {
	v, ok := body.Get(name)
	switch {
	case !ok || v.Kind == jsondoc.KindNull:
		if required {
			return "", name + " is required"
		}
		return "", ""
	case v.Kind != jsondoc.KindString:
		return "", name + " must be a string"
	case v.Text == "" && required:
		return "", name + " must not be empty"
	}
	return v.Text, ""
}

// maxTransition keeps a duration in nanoseconds within 64 bits.
const maxTransition = int64(365 * 24 * time.Hour / time.Millisecond)

func transitionAfter(body jsondoc.Value, next string) (after time.Duration, problem string) {
	v, ok := body.Get("transitionAfterMs")
	if !ok || v.Kind == jsondoc.KindNull {
		if next != "" {
			return 0, "transitionAfterMs is required beside nextState"
		}
		return 0, ""
	}
	ms, err := strconv.ParseInt(v.Text, 10, 64)
	switch {
	case v.Kind != jsondoc.KindNumber || err != nil || ms < 0 || ms > maxTransition:
		return 0, "transitionAfterMs must be a number of milliseconds between 0 and " + strconv.FormatInt(maxTransition, 10)
	case next == "":
		return 0, "nextState is required beside transitionAfterMs"
	}
	return time.Duration(ms) * time.Millisecond, ""
}
