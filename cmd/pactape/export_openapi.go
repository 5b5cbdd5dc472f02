package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations/openapi"
	"github.com/pactape/pactape/pact/infer"
)

// openapi writes what a recording shows of an API as OpenAPI 3.1.
func (e *exportCommand) openapi(cmd *cobra.Command, session *capture.Session, out io.Writer) error {
	mode, err := infer.ParseMode(e.infer.mode)
	if err != nil {
		return &usageError{fmt.Errorf("--infer: %w", err)}
	}
	if mode == infer.None {
		return &usageError{errors.New("--infer=none: a description generalises; types, formats or strict is wanted")}
	}
	if e.infer.report != "" {
		return &usageError{errors.New("--report is about contracts; a description carries its evidence itself, as x-pactape-samples")}
	}
	o, err := e.infer.options()
	if err != nil {
		return err
	}
	if len(o.Overrides) > 0 {
		return &usageError{errors.New("--infer-config: overrides are about contracts; a description takes path templates and ignored headers alone")}
	}
	o.Redirects, o.ServerErrors = true, true
	o.RequestHeaders, o.ResponseHeaders = e.options.RequestHeaders, e.options.ResponseHeaders
	o.IgnoreHeaders = append(o.IgnoreHeaders, e.options.IgnoreHeaders...)
	endpoints, report, err := infer.Endpoints(cmd.Context(), samplesOf(session.Exchanges(cmd.Context()), ofHost(e.options.Host)), o)
	if err != nil {
		return err
	}
	for _, c := range report.LeftOut {
		_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "pactape: left out: %s: %s\n", plural(c.Samples, "exchange"), c.Reason)
	}
	title := e.options.Provider
	if !cmd.Flags().Changed("provider") {
		title = cmp.Or(e.options.Host, title)
	}
	doc := openapi.Document{Title: title, Version: "1.0.0", Tool: "pactape", Endpoints: endpoints}
	_, err = out.Write(doc.Append(nil))
	return err
}
