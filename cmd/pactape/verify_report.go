package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/pact/verifier"
)

// A verifyReport collects the verdicts of a run for machines.
type verifyReport struct {
	command   *verifyCommand
	contracts jsondoc.Value
	suites    []verifier.Suite
	// output is what people are told.
	output strings.Builder
	// interactions counts those that were judged.
	interactions int
}

// tell prints to people, unless it is JSON that is to be printed; plain is the
// text without colours.
func (r *verifyReport) tell(cmd *cobra.Command, text, plain string) {
	r.output.WriteString(plain)
	if !r.command.json {
		_, _ = io.WriteString(cmd.OutOrStdout(), text)
	}
}

// failed adds a contract that could not be judged.
func (r *verifyReport) failed(c contract, err error) {
	r.add(c, jsondoc.M("error", jsondoc.String(err.Error())))
	r.suites = append(r.suites, verifier.Suite{Name: c.name, File: c.file, Err: err, Pending: c.pending})
}

// judged adds a verdict.
func (r *verifyReport) judged(c contract, v verdict) {
	r.add(c, jsondoc.M("result", v.json))
	result := v.result
	if result == nil {
		result = serverResult(v.json)
	}
	r.interactions += len(result.Interactions)
	r.suites = append(r.suites, verifier.Suite{Name: c.name, File: c.file, Parties: v.parties, Result: result, Pending: c.pending})
}

func (r *verifyReport) add(c contract, outcome jsondoc.Member) {
	report := append([]jsondoc.Member{jsondoc.M("contract", jsondoc.String(c.name))}, c.facts...)
	r.contracts.Items = append(r.contracts.Items, jsondoc.Object(append(report, outcome)...))
}

// serverResult is a server's answer as far as reports need it.
func serverResult(answer jsondoc.Value) *pact.Result {
	result := pact.NewResult()
	list, _ := answer.Get("interactions")
	for _, item := range list.Items {
		description, _ := item.Get("description")
		verified, _ := item.Get("verified")
		reason, _ := item.Get("reason")
		result.Add(pact.InteractionResult{Description: description.Text, Verified: verified.Bool, Reason: reason.Text})
	}
	return result
}

// total says what came of several contracts in one line.
func (r *verifyReport) total() string {
	verified, failed, pending, broken := 0, 0, 0, 0
	for _, s := range r.suites {
		if s.Result == nil {
			broken++
			continue
		}
		for _, it := range s.Result.Interactions {
			switch {
			case it.Verified:
				verified++
			case s.Pending || it.Pending:
				pending++
			default:
				failed++
			}
		}
	}
	line := fmt.Sprintf("%s: %d interaction(s) verified, %d failed", plural(len(r.suites), "contract"), verified, failed)
	if pending > 0 {
		line += fmt.Sprintf(", %d failed but pending", pending)
	}
	if broken > 0 {
		line += ", " + plural(broken, "contract") + " not judged"
	}
	return line
}

// write writes the reports that are asked for.
func (r *verifyReport) write(cmd *cobra.Command) error {
	document := append(verifier.JSON(r.suites, r.output.String(), r.contracts).AppendIndent(nil, "  "), '\n')
	var errs []error
	if r.command.json {
		_, err := cmd.OutOrStdout().Write(document)
		errs = append(errs, err)
	}
	if r.command.jsonFile != "" {
		errs = append(errs, writeReport(r.command.jsonFile, document))
	}
	if r.command.junitFile != "" {
		var b bytes.Buffer
		errs = append(errs, verifier.WriteJUnit(&b, r.suites), writeReport(r.command.junitFile, b.Bytes()))
	}
	if r.command.htmlFile != "" {
		var b bytes.Buffer
		errs = append(errs, verifier.WriteHTML(&b, "pactape "+version(), r.suites), writeReport(r.command.htmlFile, b.Bytes()))
	}
	if r.command.annotate {
		out := cmd.OutOrStdout()
		if r.command.json {
			// What is on stdout is JSON alone; commands are taken from both.
			out = cmd.ErrOrStderr()
		}
		errs = append(errs, verifier.Annotate(out, r.suites))
	}
	return errors.Join(errs...)
}

func writeReport(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// color reports whether stdout is a terminal that may be coloured
// (https://no-color.org).
func (v *verifyCommand) color() bool {
	return !v.noColor && !v.json && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(os.Stdout.Fd()))
}

// filtered reports whether a filter is set.
func (v *verifyCommand) filtered() bool {
	return v.filterDescription != "" || v.filterState != "" || v.filterNoState || len(v.filterConsumers) > 0
}
