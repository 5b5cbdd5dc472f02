package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/pactape/pactape/pact/broker/brokertest"
)

// brokerKey finds the broker of a script.
type brokerKey struct{}

// A scriptBroker is the Pact Broker of one script, if it starts one.
type scriptBroker struct{ *brokertest.Broker }

// serveBroker is the scripts' Pact Broker:
//
//	broker start [prefix=PATH] [token=TOKEN] [user=NAME:PASSWORD] [old] [immutable]
//	broker deploy APPLICATION VERSION ENVIRONMENT
//	broker state
//	broker answer STATUS BODY
//
// start sets $BROKER. state prints what has arrived. answer sets $BROKER to one
// that always gives the same answer.
func serveBroker(ts *testscript.TestScript, neg bool, args []string) {
	held, ok := ts.Value(brokerKey{}).(*scriptBroker)
	if neg || !ok || len(args) == 0 {
		ts.Fatalf("usage: broker start|deploy|state|answer")
	}
	switch {
	case args[0] == "start":
		held.Broker = newScriptBroker(ts, args[1:])
		server := httptest.NewServer(held.Broker)
		ts.Defer(server.Close)
		ts.Setenv("BROKER", server.URL+held.Prefix)
	case args[0] == "deploy" && len(args) == 4:
		held.Deploy(args[1], args[2], args[3])
	case args[0] == "state":
		_, err := fmt.Fprint(ts.Stdout(), brokerState(ts, held.Broker))
		ts.Check(err)
	case args[0] == "answer" && len(args) == 3:
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			var status int
			_, _ = fmt.Sscan(args[1], &status)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(args[2]))
		}))
		ts.Defer(server.Close)
		ts.Setenv("BROKER", server.URL)
	default:
		ts.Fatalf("unknown: broker %s", strings.Join(args, " "))
	}
}

func newScriptBroker(ts *testscript.TestScript, options []string) *brokertest.Broker {
	b := new(brokertest.Broker)
	for _, option := range options {
		switch name, value, _ := strings.Cut(option, "="); name {
		case "prefix":
			b.Prefix = value
		case "token":
			b.Token = value
		case "user":
			b.Username, b.Password, _ = strings.Cut(value, ":")
		case "old":
			b.Old = true
		case "immutable":
			b.Immutable = true
		default:
			ts.Fatalf("unknown option %q", option)
		}
	}
	return b
}

// brokerState is what a broker knows, a line each.
func brokerState(ts *testscript.TestScript, b *brokertest.Broker) string {
	var out strings.Builder
	for _, v := range b.Versions() {
		fmt.Fprintf(&out, "version %s %s branches=%s tags=%s build=%s\n",
			v.Application, v.Number, strings.Join(v.Branches, ","), strings.Join(v.Tags, ","), v.BuildURL)
	}
	for _, p := range b.Pacts() {
		list, _ := p.Content.Get("interactions")
		fmt.Fprintf(&out, "pact %s %s %s interactions=%d\n", p.Consumer, p.Provider, p.Version, len(list.Items))
	}
	for _, s := range b.Stays() {
		fmt.Fprintf(&out, "stay %s %s %s instance=%s released=%t\n", s.Application, s.Version, s.Environment, s.Instance, s.Released)
	}
	for _, r := range b.Results() {
		var body struct{ TestResults []json.RawMessage }
		ts.Check(json.Unmarshal(r.Body, &body))
		fmt.Fprintf(&out, "result %s %s %s success=%t branches=%s tags=%s tests=%d\n",
			r.Consumer, r.Provider, r.ProviderVersion, r.Success, strings.Join(r.Branches, ","), strings.Join(r.Tags, ","), len(body.TestResults))
	}
	return out.String()
}
