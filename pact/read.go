package pact

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// ErrNoInteractions is wrapped by the error of [Parse] for a document that
// has no list of interactions.
var ErrNoInteractions = errors.New("not a Pact: no interactions")

// Parse reads a Pact document of specification 1 to 4. It fails where the JSON
// is malformed or a member has the wrong type, naming the place. What it can
// read but not judge (messages, rules of a later version, bad path
// expressions) is kept in the document and fails the interaction when it is
// judged.
func Parse(data []byte) (*Document, error) {
	root, err := jsondoc.Parse(data)
	if err != nil {
		return nil, err
	}
	return parseDocument(root)
}

// parseDocument is Parse of a JSON document.
func parseDocument(root jsondoc.Value) (*Document, error) {
	if root.Kind != jsondoc.KindObject {
		return nil, fmt.Errorf("not a Pact: object expected, found %s", root.Kind)
	}
	d := &Document{Consumer: partyName(root, "consumer"), Provider: partyName(root, "provider")}
	if err := d.readMetadata(root); err != nil {
		return nil, err
	}
	found := false
	for _, key := range [...]string{interactionList, messageList} {
		list, ok := root.Get(key)
		if !ok {
			continue
		}
		found = true
		if err := d.readList(key, list); err != nil {
			return nil, err
		}
	}
	if !found {
		return nil, ErrNoInteractions
	}
	return d, nil
}

func (d *Document) readList(key string, list jsondoc.Value) error {
	if list.Kind != jsondoc.KindArray {
		return fmt.Errorf("%s: array expected, found %s", key, list.Kind)
	}
	d.Interactions = slices.Grow(d.Interactions, len(list.Items))
	for i, item := range list.Items {
		it, err := d.readInteraction(item, key)
		if err != nil {
			return fmt.Errorf("%s[%d]%s: %w", key, i, described(item), err)
		}
		d.Interactions = append(d.Interactions, it)
	}
	return nil
}

func partyName(root jsondoc.Value, member string) string {
	v, _ := root.Get(member)
	name, _ := v.Get("name")
	return name.Text
}

// described names an interaction in an error.
func described(item jsondoc.Value) string {
	if v, ok := item.Get("description"); ok && v.Kind == jsondoc.KindString {
		return fmt.Sprintf(" %q", v.Text)
	}
	return ""
}

// readMetadata finds the version, in any of its historical spellings.
func (d *Document) readMetadata(root jsondoc.Value) error {
	d.Version = V3
	meta, ok := root.Get("metadata")
	if !ok || meta.Kind == jsondoc.KindNull {
		return nil
	}
	if meta.Kind != jsondoc.KindObject {
		return fmt.Errorf("metadata: object expected, found %s", meta.Kind)
	}
	for _, m := range meta.Members {
		var version jsondoc.Value
		switch m.Name {
		case "pactSpecification", "pact-specification":
			version, _ = m.Value.Get("version")
		case "pactSpecificationVersion":
			version = m.Value
		default:
			d.Metadata = append(d.Metadata, m)
			continue
		}
		v, err := readVersion(scalarText(version))
		if err != nil {
			return fmt.Errorf("metadata.%s: %w", m.Name, err)
		}
		d.Version = v
	}
	return nil
}

func readVersion(text string) (Version, error) {
	major, _, _ := strings.Cut(text, ".")
	n, err := strconv.Atoi(major)
	if err != nil || n < int(V1) || n > int(V4) {
		return 0, fmt.Errorf("unknown Pact specification version %q", text)
	}
	return Version(n), nil
}

func (d *Document) readInteraction(v jsondoc.Value, list string) (*Interaction, error) {
	if v.Kind != jsondoc.KindObject {
		return nil, fmt.Errorf("object expected, found %s", v.Kind)
	}
	it := &Interaction{raw: v, list: list}
	if description, ok := v.Get("description"); ok {
		it.Description = scalarText(description)
	}
	if id, ok := v.Get("_id"); ok {
		it.ID = scalarText(id)
	}
	if kind, ok := v.Get("type"); ok && kind.Text != "Synchronous/HTTP" {
		it.Unsupported = fmt.Sprintf("unsupported interaction type %q", scalarText(kind))
	}
	if d.Version == V4 {
		for _, name := range v4Only() {
			if v, ok := v.Get(name); ok && v.Kind != jsondoc.KindNull {
				it.extra = append(it.extra, jsondoc.M(name, v))
			}
		}
	}
	if list == messageList {
		it.Unsupported = "unsupported interaction type: message"
	}
	var err error
	if it.States, err = readStates(v); err != nil {
		return nil, err
	}
	if it.Unsupported != "" {
		return it, nil
	}
	if request, ok := v.Get("request"); ok && request.Kind != jsondoc.KindNull {
		if it.Request, err = d.readRequest(request); err != nil {
			return nil, fmt.Errorf("request: %w", err)
		}
	}
	if response, ok := v.Get("response"); ok && response.Kind != jsondoc.KindNull {
		if it.Response, err = d.readResponse(response); err != nil {
			return nil, fmt.Errorf("response: %w", err)
		}
	}
	return it, nil
}

// readStates reads providerStates (Pact V3) or the older providerState, which
// may be spelt provider_state.
func readStates(v jsondoc.Value) ([]State, error) {
	list, ok := v.Get("providerStates")
	if !ok {
		for _, name := range [...]string{"providerState", "provider_state"} {
			if state, ok := v.Get(name); ok && state.Kind == jsondoc.KindString && state.Text != "" {
				return []State{{Name: state.Text}}, nil
			}
		}
		return nil, nil
	}
	if list.Kind == jsondoc.KindString {
		return []State{{Name: list.Text}}, nil
	}
	if list.Kind != jsondoc.KindArray {
		return nil, fmt.Errorf("providerStates: array expected, found %s", list.Kind)
	}
	states := make([]State, 0, len(list.Items))
	for i, item := range list.Items {
		switch item.Kind {
		case jsondoc.KindString:
			states = append(states, State{Name: item.Text})
		case jsondoc.KindObject:
			name, _ := item.Get("name")
			params, _ := item.Get("params")
			states = append(states, State{Name: scalarText(name), Params: params.Members})
		default:
			return nil, fmt.Errorf("providerStates[%d]: object expected, found %s", i, item.Kind)
		}
	}
	return states, nil
}
