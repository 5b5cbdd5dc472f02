package proxy

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
)

// TestEveryActionIsPerformed: what can be written can be performed, and the
// functions that perform it are in files named for that.
func TestEveryActionIsPerformed(t *testing.T) {
	t.Parallel()
	_, err := wire.DecodeExpectations([]byte(`{"httpRequest":{}}`))
	listed := regexp.MustCompile(`must be specified \[(.*)\]`).FindStringSubmatch(err.Error())
	if listed == nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, p := range performers {
		kinds = append(kinds, p.kind)
	}
	if written := strings.Split(listed[1], ", "); !slices.Equal(written, kinds) {
		t.Errorf("actions %v are read and %v performed, in this order", written, kinds)
	}
	for _, e := range []*expectations.Expectation{
		{Action: &expectations.Forward{}},
		{Action: &expectations.Override{}},
		{Action: &expectations.Fallback{}},
		{Action: &expectations.ForwardTemplate{}},
	} {
		if !forwards(e) {
			t.Errorf("%s does not forward", e.Action.Kind())
		}
	}
	for _, e := range []*expectations.Expectation{
		{Action: &expectations.Respond{}},
		{Action: &expectations.RespondTemplate{}},
		{Action: &expectations.Fail{}},
		{},
	} {
		if forwards(e) {
			t.Errorf("%+v forwards", e.Action)
		}
	}
	for _, family := range []string{"callback", "error", "fallback", "forward", "override", "template"} {
		if _, err := os.Stat("perform_" + family + ".go"); err != nil {
			t.Error(err)
		}
	}
}
