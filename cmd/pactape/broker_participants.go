package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/pactape/pactape/pact/broker"
)

// participants collects applications and their versions from flags whose order
// counts: what follows a --pacticipant belongs to it. What precedes the first
// (the environment and the config file have no order) is kept aside, and
// belongs to the only one if there is but one.
type participants struct {
	list  []broker.Participant
	early broker.Participant
	// ignored are those to leave out.
	ignored []broker.Participant
	// ignoring says that the last flag was --ignore, whose version may
	// follow.
	ignoring bool
}

// current is the application that a flag is about.
func (p *participants) current() *broker.Participant {
	if len(p.list) == 0 {
		return &p.early
	}
	return &p.list[len(p.list)-1]
}

// ignore leaves out an application: NAME or NAME=VERSION.
func (p *participants) ignore(entry string) {
	name, number, _ := strings.Cut(entry, "=")
	p.ignored = append(p.ignored, broker.Participant{Name: name, Version: number})
	p.ignoring = true
}

func (p *participants) name(text string) error {
	p.ignoring = false
	p.list = append(p.list, broker.Participant{Name: text})
	return nil
}

func (p *participants) version(text string) error {
	if p.ignoring {
		p.ignored[len(p.ignored)-1].Version, p.ignoring = text, false
		return nil
	}
	p.current().Version = text
	return nil
}

func (p *participants) branch(text string) error {
	p.current().Branch = text
	p.current().Latest = true
	return nil
}
func (p *participants) tag(text string) error { p.current().Tag = text; return nil }

// latest takes true, false or the name of a tag.
func (p *participants) latest(text string) error {
	if yes, err := strconv.ParseBool(text); err == nil {
		p.current().Latest = yes
		return nil
	}
	p.current().Latest, p.current().Tag = true, text
	return nil
}

func (p *participants) mainBranch(text string) (err error) {
	p.current().MainBranch, err = strconv.ParseBool(text)
	p.current().Latest = p.current().MainBranch
	return err
}

// noMainBranch is mainBranch the other way round.
func (p *participants) noMainBranch(text string) error {
	no, err := strconv.ParseBool(text)
	if err != nil {
		return err
	}
	if !no || p.current().MainBranch {
		return p.mainBranch(strconv.FormatBool(!no))
	}
	return nil
}

// all are the applications with their versions.
func (p *participants) all() ([]broker.Participant, error) {
	if len(p.list) == 0 {
		return nil, errors.New("the command needs --pacticipant")
	}
	if p.early != (broker.Participant{}) {
		name := p.list[0].Name
		if len(p.list) > 1 || p.list[0] != (broker.Participant{Name: name}) {
			return nil, errors.New("a version, tag or branch comes after the --pacticipant that it belongs to")
		}
		p.list[0], p.early = p.early, broker.Participant{}
		p.list[0].Name = name
	}
	for _, one := range p.list {
		if one.Version != "" && (one.Latest || one.Tag != "" || one.Branch != "") {
			return nil, fmt.Errorf("of %s both a version and a branch, a tag or the latest is asked; one is wanted", one.Name)
		}
	}
	return p.list, nil
}

// value is a flag that hands its text to set.
func (p *participants) value(set func(*participants, string) error) pflag.Value {
	return &orderedValue{p, set}
}

// An orderedValue is a flag that may be repeated and whose place counts.
type orderedValue struct {
	of  *participants
	set func(*participants, string) error
}

func (v *orderedValue) Set(text string) error { return v.set(v.of, text) }

// String is empty: there is no default to print.
func (*orderedValue) String() string { return "" }

// Type is shown in the help.
func (*orderedValue) Type() string { return "text" }

// An ignoredValue is a flag for applications to leave out, repeatable or with
// commas.
type ignoredValue struct{ of *participants }

// Set adds applications.
func (v *ignoredValue) Set(text string) error {
	for _, entry := range splitList(text) {
		v.of.ignore(entry)
	}
	return nil
}

// Append implements [pflag.SliceValue].
func (v *ignoredValue) Append(text string) error { return v.Set(text) }

// Replace implements [pflag.SliceValue].
func (v *ignoredValue) Replace(texts []string) error {
	v.of.ignored = nil
	for _, text := range texts {
		v.of.ignore(text)
	}
	return nil
}

// GetSlice implements [pflag.SliceValue].
func (v *ignoredValue) GetSlice() []string {
	var names []string
	for _, p := range v.of.ignored {
		names = append(names, p.Name)
	}
	return names
}

// String is empty: there is no default to print.
func (*ignoredValue) String() string { return "" }

// Type is shown in the help.
func (*ignoredValue) Type() string { return "text" }
