package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/capture/har"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/wire"
	"github.com/pactape/pactape/pact"
)

// exportCommand is the export subcommand.
type exportCommand struct {
	server  *serverClient
	data    string
	session string
	format  string
	out     string
	options pact.ExportOptions
	headers headerPolicyFlags
	infer   *inferFlags
}

// An exportFormat is one --format: what a running server is asked for, and
// how a recording on disk is printed.
type exportFormat struct {
	name   string
	path   string // below /mockserver; "" if a server cannot be asked
	query  url.Values
	stored func(e *exportCommand, cmd *cobra.Command, session *capture.Session, out io.Writer) error
}

// exportFormats is a table, one row a format.
var exportFormats = []exportFormat{
	{"pact", "pact", nil, (*exportCommand).pact},
	{"expectations", "retrieve", url.Values{"type": {"active_expectations"}}, (*exportCommand).expectations},
	{"har", "retrieve", url.Values{"type": {"request_responses"}, "format": {"har"}}, (*exportCommand).har},
	{"openapi", "", nil, (*exportCommand).openapi},
}

func newExport() *cobra.Command {
	e := new(exportCommand)
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Print a recording, or a running server's expectations, as a Pact or otherwise",
		Example: `  pactape export --session checkout --consumer web --provider orders --host api.example.com
  pactape export --session checkout --format har --out checkout.har
  pactape export --session checkout --format openapi --host api.example.com --out openapi.json
  pactape export --server http://127.0.0.1:1080 --consumer web --provider orders`,
		Args: noArgs,
	}
	flags := cmd.Flags()
	e.server = addServerFlags(flags)
	flags.StringVar(&e.data, "data", "", "`directory` of the recordings (default: sessions in the home directory)")
	flags.StringVar(&e.session, "session", "", "`name` of the session (default: the single space of MockServer)")
	flags.StringVar(&e.format, "format", "pact", "pact, expectations, har or openapi")
	flags.StringVarP(&e.out, "out", "o", "", "`file` to write to (default: stdout)")
	flags.StringVar(&e.options.Consumer, "consumer", "consumer", "`name` of the consumer")
	flags.StringVar(&e.options.Provider, "provider", "provider", "`name` of the provider")
	flags.StringVar(&e.options.Host, "host", "", "export what belongs to this upstream `host` alone")
	addSpecFlag(flags, &e.options.Spec)
	e.infer = addInferFlags(flags)
	addExportHeaderFlags(flags, &e.headers)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return e.run(cmd) }
	return cmd
}

func (e *exportCommand) run(cmd *cobra.Command) error {
	format, err := e.find()
	if err != nil {
		return err
	}
	e.headers.apply(&e.options)
	produce := func(out io.Writer) error {
		if e.server.base != "" {
			return e.ask(cmd, format, out)
		}
		return e.read(cmd, format, out)
	}
	if e.out != "" {
		return replaceFileBy(e.out, produce)
	}
	return produce(cmd.OutOrStdout())
}

func (e *exportCommand) find() (*exportFormat, error) {
	for i := range exportFormats {
		if exportFormats[i].name == strings.ToLower(e.format) {
			return &exportFormats[i], nil
		}
	}
	return nil, &usageError{fmt.Errorf("--format %q: pact, expectations, har or openapi is wanted", e.format)}
}

// ask has the running server print.
func (e *exportCommand) ask(cmd *cobra.Command, format *exportFormat, out io.Writer) error {
	if format.path == "" {
		return &usageError{fmt.Errorf("--format %s reads a recording on disk; it cannot be used with --server", format.name)}
	}
	query := url.Values{"session": {e.session}, "host": {e.options.Host}, "consumer": {e.options.Consumer}, "provider": {e.options.Provider}}
	if e.options.Spec != 0 {
		query.Set("spec", e.options.Spec.String())
	}
	if format.name == "pact" {
		if err := e.inferQuery(cmd, query); err != nil {
			return err
		}
	}
	maps.Copy(query, format.query)
	reply, err := e.server.put(cmd.Context(), format.path, query, nil)
	if err != nil {
		return err
	}
	if skipped := reply.header.Get("X-Pactape-Skipped"); skipped != "" {
		_, _ = fmt.Fprintln(cmd.ErrOrStderr(), "pactape: left out:", skipped)
	}
	if e.infer.report != "" && format.name == "pact" {
		return e.split(reply.body, out)
	}
	_, err = out.Write(reply.body)
	return err
}

// inferQuery adds to a call what was asked for here; the rest is as the
// server was told.
func (e *exportCommand) inferQuery(cmd *cobra.Command, query url.Values) error {
	if _, err := e.infer.options(); err != nil {
		return err
	}
	if e.infer.config != "" {
		return &usageError{errors.New("--infer-config is read by the server: give it to pactape serve")}
	}
	for _, name := range []string{"infer", "states"} {
		if f := cmd.Flags().Lookup(name); f.Changed {
			query.Set(name, f.Value.String())
		}
	}
	if e.infer.report != "" {
		query.Set("report", "true")
	}
	maps.Copy(query, url.Values{
		"path-template": e.infer.templates, "request-header": e.headers.request,
		"response-header": e.headers.response, "ignore-header": e.headers.ignore,
	})
	return nil
}

// split takes a server's answer of contract and report apart.
func (e *exportCommand) split(answer []byte, out io.Writer) error {
	both, err := jsondoc.Parse(answer)
	if err != nil {
		return fmt.Errorf("the server's answer: %w", err)
	}
	contract, ok := both.Get("pact")
	report, explained := both.Get("report")
	if !ok || !explained {
		return errors.New("the server sent no report: is it older than this command?")
	}
	if !strings.HasSuffix(strings.ToLower(e.infer.report), ".json") {
		return &usageError{errors.New("--report: a server's report is JSON; name a file that ends in .json")}
	}
	if _, err := out.Write(append(contract.AppendIndent(nil, "  "), '\n')); err != nil {
		return err
	}
	return replaceFile(e.infer.report, append(report.AppendIndent(nil, "  "), '\n'))
}

// read prints the recording on disk.
func (e *exportCommand) read(cmd *cobra.Command, format *exportFormat, out io.Writer) (err error) {
	home, err := homeDir(cmd.Flags())
	if err != nil {
		return err
	}
	recordings, err := capture.Open(capture.Options{Dir: (&captureFlags{data: e.data}).dir(home)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, recordings.Close()) }()
	session, err := openRecorded(recordings, e.session)
	if err != nil {
		return err
	}
	e.options.ToolVersion = version()
	return format.stored(e, cmd, session, out)
}

func (e *exportCommand) pact(cmd *cobra.Command, session *capture.Session, out io.Writer) error {
	doc, skipped, err := e.contract(cmd, session)
	if err != nil {
		return err
	}
	for _, s := range skipped {
		_, _ = fmt.Fprintln(cmd.ErrOrStderr(), "pactape: left out:", s)
	}
	_, err = doc.WriteTo(out)
	return err
}

// contract is the session's contract: inferred, or literal.
func (e *exportCommand) contract(cmd *cobra.Command, session *capture.Session) (io.WriterTo, []pact.Skipped, error) {
	inference, err := e.infer.inference()
	if err != nil {
		return nil, nil, err
	}
	if inference == nil {
		return pact.ExportWriting(cmd.Context(), session.All(cmd.Context()), e.options)
	}
	inference.exchanges = session.Standing(cmd.Context())
	doc, skipped, err := inference.contract(cmd.Context(), e.options, ofHost(e.options.Host))
	if err != nil {
		return nil, nil, err
	}
	return doc, skipped, inference.write()
}

func (e *exportCommand) expectations(cmd *cobra.Command, session *capture.Session, out io.Writer) error {
	return wire.EncodeExpectations(out, session.All(cmd.Context()))
}

// har writes every exchange, not only those that became expectations.
func (e *exportCommand) har(cmd *cobra.Command, session *capture.Session, out io.Writer) error {
	return har.WriteExchanges(out, session.Exchanges(cmd.Context()), har.Options{Version: version()})
}
