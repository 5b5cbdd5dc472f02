package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact/infer"
)

// readInferConfig adds what a file of --infer-config says:
//
//	path-templates: ["/products/{slug}"]
//	ignore-headers: [X-Build]
//	overrides:
//	  - endpoint: GET /users/{id}     # as the report names it; all without one
//	    status: 200                   # any without one
//	    place: response body $.plan   # as the report names it
//	    literal: true                 # or ignore: true, or rule: {match: type}
//	  - endpoint: GET /users/{id}
//	    state: a user with orders
//
// An error names the line of what is wrong.
func readInferConfig(path string, o *infer.Options) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("--infer-config: %w", err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return fmt.Errorf("--infer-config %s: %w", path, err)
	}
	if len(root.Content) == 0 {
		return nil
	}
	if err := inferConfig(root.Content[0], o); err != nil {
		return fmt.Errorf("--infer-config %s: %w", path, err)
	}
	return nil
}

// errAt says what is wrong at a place of the file.
func errAt(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("line %d: "+format, append([]any{n.Line}, args...)...)
}

// members calls set with each key of a mapping and its value; set reports
// whether it knows the key.
func members(n *yaml.Node, wanted string, set func(key string, v *yaml.Node) (known bool, err error)) error {
	if n.Kind != yaml.MappingNode {
		return errAt(n, "expected keys and values (%s)", wanted)
	}
	var errs []error
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch known, err := set(key.Value, value); {
		case !known:
			errs = append(errs, errAt(key, "unknown key %q (expected one of %s)", key.Value, wanted))
		case err != nil && value.Kind == yaml.SequenceNode && strings.HasPrefix(err.Error(), "line "):
			errs = append(errs, err) // it names its line
		case err != nil:
			errs = append(errs, errAt(value, "%s: %w", key.Value, err))
		}
	}
	return errors.Join(errs...)
}

func inferConfig(n *yaml.Node, o *infer.Options) error {
	return members(n, "path-templates, ignore-headers, overrides", func(key string, v *yaml.Node) (bool, error) {
		switch key {
		case "path-templates":
			var list []string
			if err := v.Decode(&list); err != nil {
				return true, err
			}
			o.Templates = append(slices.Clip(o.Templates), list...)
			return true, o.Check()
		case "ignore-headers":
			return true, v.Decode(&o.IgnoreHeaders)
		case "overrides":
			return true, inferOverrides(v, o)
		}
		return false, nil
	})
}

func inferOverrides(n *yaml.Node, o *infer.Options) error {
	if n.Kind != yaml.SequenceNode {
		return errors.New("expected a list")
	}
	var errs []error
	for _, item := range n.Content {
		var one infer.Override
		err := members(item, "endpoint, status, place, literal, ignore, rule, state", func(key string, v *yaml.Node) (bool, error) {
			return inferOverride(&one, key, v)
		})
		if err == nil {
			if err = one.Check(); err != nil {
				err = errAt(item, "%w", err)
			}
		}
		errs = append(errs, err)
		o.Overrides = append(o.Overrides, one)
	}
	return errors.Join(errs...)
}

func inferOverride(o *infer.Override, key string, v *yaml.Node) (known bool, err error) {
	switch key {
	case "endpoint":
		return true, v.Decode(&o.Endpoint)
	case "status":
		return true, v.Decode(&o.Status)
	case "place":
		return true, v.Decode(&o.Place)
	case "literal":
		return true, v.Decode(&o.Literal)
	case "ignore":
		return true, v.Decode(&o.Ignore)
	case "state":
		return true, v.Decode(&o.State)
	case "rule":
		o.Rule, err = ruleOf(v)
		return true, err
	}
	return false, nil
}

// ruleOf is a mapping of YAML as JSON.
func ruleOf(n *yaml.Node) (jsondoc.Value, error) {
	if n.Kind != yaml.MappingNode {
		return jsondoc.Value{}, errors.New(`expected a matching rule, e.g. {match: regex, regex: "^[A-Z]{3}$"}`)
	}
	out := jsondoc.Object()
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i].Value, n.Content[i+1]
		if v.Kind != yaml.ScalarNode {
			return out, fmt.Errorf("%s: expected a plain value", key)
		}
		value := jsondoc.String(v.Value)
		if v.Tag == "!!int" || v.Tag == "!!float" {
			value = jsondoc.Number(strings.TrimPrefix(v.Value, "+"))
		}
		out.Members = append(out.Members, jsondoc.M(key, value))
	}
	return out, nil
}
