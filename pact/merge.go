package pact

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A ConflictError says that two documents cannot be merged, because they
// describe the same interactions differently.
type ConflictError struct {
	// Interactions are the descriptions in conflict, with their states.
	Interactions []string
}

// Error names the interactions in conflict.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("%d interaction(s) differ under the same description: %s",
		len(e.Interactions), strings.Join(e.Interactions, "; "))
}

// Merge returns a document with the interactions of both: the old ones in
// their order, then those that are new. Interactions are the same if their
// description and states are; where their content differs the error is a
// [*ConflictError]. Names and metadata are those of the update, which must be
// between the same parties, and so is the specification it is written in.
func Merge(old, update *Document) (*Document, error) {
	if old.Consumer != update.Consumer || old.Provider != update.Provider {
		return nil, fmt.Errorf("merge pacts: one is between %q and %q, the other between %q and %q",
			old.Consumer, old.Provider, update.Consumer, update.Provider)
	}
	merged := &Document{
		Consumer: update.Consumer, Provider: update.Provider, Version: old.Version,
		Metadata: update.Metadata, written: update.written,
	}
	known := make(map[string]*Interaction, len(old.Interactions))
	conflict := &ConflictError{}
	for _, list := range [][]*Interaction{old.Interactions, update.Interactions} {
		for _, it := range list {
			id := it.id()
			have, ok := known[id]
			switch {
			case !ok:
				known[id] = it
				merged.Interactions = append(merged.Interactions, it)
			case !sameContent(have, it):
				conflict.Interactions = append(conflict.Interactions, it.named())
			}
		}
	}
	if len(conflict.Interactions) > 0 {
		return nil, conflict
	}
	if update.written != 0 {
		merged, _ = merged.Convert(update.written)
	}
	return merged, nil
}

// sameContent compares interactions as documents, whatever the order of keys.
func sameContent(a, b *Interaction) bool {
	x, y := a.json(V3), b.json(V3)
	return bytes.Equal(x.AppendCompact(nil), y.AppendCompact(nil)) || jsondoc.Equal(x, y)
}

// named is the description with the states.
func (i *Interaction) named() string {
	if len(i.States) == 0 {
		return fmt.Sprintf("%q", i.Description)
	}
	names := make([]string, 0, len(i.States))
	for _, s := range i.States {
		names = append(names, s.Name)
	}
	return fmt.Sprintf("%q given %q", i.Description, strings.Join(names, ", "))
}
