package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pactape/pactape/capture/har"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
	"github.com/pactape/pactape/pact"
	"github.com/pactape/pactape/proxy/admin"
)

// importCommand is the import subcommand.
type importCommand struct {
	server  *serverClient
	session string
	out     string
}

// An importFormat is what import reads: the call of a running server that takes
// it, and how it is read here.
type importFormat struct {
	name  string
	path  string // below /mockserver
	query url.Values
	read  func(ctx context.Context, data []byte) ([]*expectations.Expectation, []string, error)
}

// importFormats is a table, one row a format.
var importFormats = []importFormat{
	{"pact", "pact/import", nil, readPactStubs},
	{"har", "import", url.Values{"format": {"har"}}, readHARStubs},
	{"expectations", "expectation", nil, readExpectations},
}

func newImport() *cobra.Command {
	i := new(importCommand)
	cmd := &cobra.Command{
		Use:   "import pact|har|expectations FILE...",
		Short: "Make expectations of contracts, archives or MockServer's JSON",
		Long: `import gives expectations to a running pactape, or writes them to a file that
MockServer's API takes: of each interaction of a Pact, of each exchange of a HAR,
or as they are written. Of a Pact the matching rules, the generators and the
provider states stay in force.

All files are read, and checked, before the first is sent. A directory stands for
the *.json files in it, - for the standard input.`,
		Example: `  pactape import pact contracts --server http://127.0.0.1:1080
  pactape import har checkout.har --out expectations.json
  pactape import expectations expectations.json --server http://127.0.0.1:1080 --session checkout`,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return importFormatNames(), cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveDefault
		},
	}
	flags := cmd.Flags()
	i.server = addServerFlags(flags)
	flags.StringVar(&i.session, "session", "", "`name` of the server's session (default: the single space of MockServer)")
	flags.StringVarP(&i.out, "out", "o", "", "`file` to write the expectations to, - for stdout, instead of sending them")
	cmd.RunE = i.run
	return cmd
}

func importFormatNames() []string {
	names := make([]string, 0, len(importFormats))
	for _, f := range importFormats {
		names = append(names, f.name)
	}
	return names
}

// An importedFile is a file that was read.
type importedFile struct {
	name         string
	data         []byte
	expectations []*expectations.Expectation
	skipped      []string
}

func (i *importCommand) run(cmd *cobra.Command, args []string) error {
	format, err := i.check(args)
	if err != nil {
		return err
	}
	names, err := importedNames(args[1:])
	if err != nil {
		return err
	}
	files := make([]importedFile, 0, len(names))
	for _, name := range names {
		file := importedFile{name: name}
		if file.data, err = readImported(cmd.InOrStdin(), name); err != nil {
			return err
		}
		if file.expectations, file.skipped, err = format.read(cmd.Context(), file.data); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		files = append(files, file)
	}
	for _, file := range files {
		for _, skipped := range file.skipped {
			_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "pactape: %s: left out: %s\n", file.name, skipped)
		}
	}
	if i.out != "" {
		return i.write(cmd.OutOrStdout(), files)
	}
	return i.send(cmd, format, files)
}

// check reads the format, and where its expectations are to go.
func (i *importCommand) check(args []string) (*importFormat, error) {
	wanted := strings.Join(importFormatNames(), ", ")
	if len(args) == 0 {
		return nil, &usageError{fmt.Errorf("import needs a format, one of %s, and a file", wanted)}
	}
	var format *importFormat
	for f := range importFormats {
		if importFormats[f].name == args[0] {
			format = &importFormats[f]
		}
	}
	switch {
	case format == nil:
		return nil, &usageError{fmt.Errorf("import %q: a format is wanted first, one of %s", args[0], wanted)}
	case len(args) == 1:
		return nil, &usageError{fmt.Errorf("import %s needs a file", format.name)}
	case i.server.base == "" && i.out == "":
		return nil, &usageError{errors.New("import needs --server, the running pactape to give the expectations to, or --out, the file to write them to")}
	case i.server.base != "" && i.out != "":
		return nil, &usageError{errors.New("--server and --out: one of them is wanted")}
	}
	return format, nil
}

// importedNames are the files that arguments stand for.
func importedNames(args []string) ([]string, error) {
	var names []string
	for _, arg := range args {
		if arg == "-" {
			names = append(names, arg)
			continue
		}
		found, err := expandPatterns([]string{arg})
		if err != nil {
			return nil, err
		}
		if found, err = contractFiles(found); err != nil {
			return nil, err
		}
		names = append(names, found...)
	}
	return names, nil
}

// readImported reads a file of a size that a server takes.
func readImported(stdin io.Reader, name string) ([]byte, error) {
	var data []byte
	var err error
	if name == "-" {
		data, err = readBounded(stdin, "the standard input", 0, admin.DefaultMaxBody)
	} else {
		data, err = readFileBounded(name, admin.DefaultMaxBody)
	}
	if err != nil {
		return nil, fmt.Errorf("read what is to be imported: %w", err)
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), nil
}

func readPactStubs(_ context.Context, data []byte) ([]*expectations.Expectation, []string, error) {
	doc, err := pact.Parse(data)
	if err != nil {
		return nil, nil, err
	}
	es, skipped, err := pact.Import(doc, pact.ImportOptions{})
	return es, asTexts(skipped), err
}

func readHARStubs(_ context.Context, data []byte) ([]*expectations.Expectation, []string, error) {
	archive, err := har.Read(data)
	if err != nil {
		return nil, nil, err
	}
	return archive.Expectations, asTexts(archive.Skipped), nil
}

func readExpectations(ctx context.Context, data []byte) ([]*expectations.Expectation, []string, error) {
	es, err := (wire.Reader{OpenAPI: admin.Specs(ctx)}).Expectations(data)
	if err != nil {
		return nil, nil, err
	}
	if err := pact.Revive(pact.ImportOptions{}, es...); err != nil {
		return nil, nil, err
	}
	for _, e := range es {
		if _, err := e.Compile(); err != nil {
			return nil, nil, err
		}
	}
	return es, nil, nil
}

func asTexts[S fmt.Stringer](all []S) []string {
	texts := make([]string, 0, len(all))
	for _, s := range all {
		texts = append(texts, s.String())
	}
	return texts
}

// write writes all expectations as one list.
func (i *importCommand) write(stdout io.Writer, files []importedFile) error {
	var all []*expectations.Expectation
	for _, file := range files {
		all = append(all, file.expectations...)
	}
	var out bytes.Buffer
	if err := wire.EncodeExpectations(&out, wire.All(all)); err != nil {
		return err
	}
	if i.out == "-" {
		_, err := stdout.Write(out.Bytes())
		return err
	}
	return replaceFile(i.out, out.Bytes())
}

// send gives the files to the server, as they are.
func (i *importCommand) send(cmd *cobra.Command, format *importFormat, files []importedFile) error {
	query := url.Values{}
	maps.Copy(query, format.query)
	if i.session != "" {
		query.Set("session", i.session)
	}
	for n, file := range files {
		if _, err := i.server.put(cmd.Context(), format.path, query, file.data); err != nil {
			if n > 0 {
				return fmt.Errorf("%s: %d of %d files are imported: %w", file.name, n, len(files), err)
			}
			return fmt.Errorf("%s: %w", file.name, err)
		}
		_, _ = fmt.Fprintf(cmd.OutOrStdout(), "imported %s of %s\n", plural(len(file.expectations), "expectation"), file.name)
	}
	return nil
}
