package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact/broker"
)

// maxContract bounds the size of a contract in a file, in bytes.
const maxContract = 64 << 20

// A contract is what verify judges: a file, what a URL has, or what a broker
// has.
type contract struct {
	name string
	read func(ctx context.Context) ([]byte, error)
	// file is its path if it is a file.
	file string
	// pending says that its failure does not count.
	pending bool
	// facts are added to the JSON report.
	facts []jsondoc.Member
	// settle is called with the verdict, which counts unless it says
	// otherwise; nil for files.
	settle func(ctx context.Context, v verdict) (counts bool, err error)
}

// contracts are those named, or else those of the broker.
func (v *verifyCommand) contracts(cmd *cobra.Command, args []string) ([]contract, error) {
	named := append(slices.Clone(args), v.pacts...)
	if len(named) == 0 {
		return v.brokerContracts(cmd)
	}
	urls := slices.ContainsFunc(named, isURL)
	for _, name := range forBroker() {
		if cmd.Flags().Changed(name) && (name != publishFlag || !urls) {
			return nil, &usageError{fmt.Errorf("--%s is about the contracts of a broker; leave out %s", name, named[0])}
		}
	}
	var contracts []contract
	for _, name := range named {
		found, err := v.namedContracts(cmd, name)
		if err != nil {
			return nil, err
		}
		contracts = append(contracts, found...)
	}
	return contracts, nil
}

func isURL(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

func (v *verifyCommand) namedContracts(cmd *cobra.Command, name string) ([]contract, error) {
	if isURL(name) {
		c, err := v.urlContract(cmd, name)
		return []contract{c}, err
	}
	contracts, err := fileContracts([]string{name})
	if errors.Is(err, errEmptyDir) && !v.broker.wantsPacts() {
		_, _ = fmt.Fprintln(cmd.ErrOrStderr(), err)
		return nil, nil
	}
	if v.broker.provider == "" || err != nil {
		return contracts, err
	}
	contracts, err = ofProvider(name, v.broker.provider, contracts)
	if len(contracts) > 0 || err != nil {
		return contracts, err
	}
	none := fmt.Sprintf("there is no contract of provider %s in %s", v.broker.provider, name)
	if v.broker.wantsPacts() {
		return nil, errors.New(none + " (--fail-if-no-pacts=false lets that pass)")
	}
	_, _ = fmt.Fprintln(cmd.ErrOrStderr(), none)
	return nil, nil
}

// ofProvider are the contracts with a provider, where name is a directory: a
// file is named for itself. What cannot be read stays, to be told of.
func ofProvider(name, provider string, contracts []contract) ([]contract, error) {
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return contracts, err
	}
	contracts = slices.DeleteFunc(contracts, func(c contract) bool {
		data, err := readContract(filepath.FromSlash(c.file))
		if err != nil {
			return false
		}
		read, err := broker.ReadContract(data)
		return err == nil && read.Provider != provider
	})
	return contracts, nil
}

// urlContract is the contract that a URL has, at a broker or anywhere else.
func (v *verifyCommand) urlContract(cmd *cobra.Command, target string) (contract, error) {
	flags := *v.broker.brokerFlags
	if flags.address() == "" {
		// The environment's credentials are for a broker, of which nothing
		// is known; those of flags are for this URL.
		if flags.token == "" && flags.username == "" {
			flags.anonymous = true
		}
		flags.url = target
	}
	client, err := flags.client(cmd, v.upstream)
	if err != nil {
		return contract{}, err
	}
	ref, err := client.Ref(target)
	if err != nil {
		return contract{}, &usageError{err}
	}
	version, err := v.broker.version.version(cmd.Context(), v.broker.publish)
	if err != nil {
		return contract{}, err
	}
	run := &brokerRun{cmd: cmd, client: client, version: version, publish: v.broker.publish}
	return run.contract(ref), nil
}

// fileContracts are the contracts in files and directories.
func fileContracts(args []string) ([]contract, error) {
	files, err := contractFiles(args)
	if err != nil {
		return nil, err
	}
	contracts := make([]contract, 0, len(files))
	for _, file := range files {
		contracts = append(contracts, contract{name: file, file: filepath.ToSlash(file), read: func(context.Context) ([]byte, error) {
			return readContract(file)
		}})
	}
	return contracts, nil
}

func readContract(file string) ([]byte, error) {
	data, err := readFileBounded(file, maxContract)
	if err != nil {
		return nil, fmt.Errorf("read contract: %w", err)
	}
	return data, nil
}

// errEmptyDir is wrapped by the error for a directory without a contract.
var errEmptyDir = errors.New("there is no contract (*.json)")

// contractFiles are the files named, and the .json files of the directories
// named.
func contractFiles(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, fmt.Errorf("read contract: %w", err)
		}
		if !info.IsDir() {
			files = append(files, arg)
			continue
		}
		entries, err := os.ReadDir(arg)
		if err != nil {
			return nil, fmt.Errorf("read contracts: %w", err)
		}
		entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.IsDir() || filepath.Ext(e.Name()) != ".json" })
		if len(entries) == 0 {
			return nil, fmt.Errorf("%w in %s", errEmptyDir, arg)
		}
		for _, e := range entries {
			files = append(files, filepath.Join(arg, e.Name()))
		}
	}
	return files, nil
}

// brokerContracts are those that a broker has for the provider.
func (v *verifyCommand) brokerContracts(cmd *cobra.Command) ([]contract, error) {
	if v.broker.address() == "" {
		return nil, &usageError{errors.New("verify needs a contract: a file, a directory, or --broker-url and --provider")}
	}
	if v.broker.provider == "" {
		return nil, &usageError{errors.New("verify needs --provider: the name of the provider at the broker")}
	}
	if v.broker.publish && v.server.base != "" {
		return nil, &usageError{errors.New("--publish-results is for results of the provider itself, not of the stubs of --server")}
	}
	client, err := v.broker.client(cmd, v.upstream)
	if err != nil {
		return nil, err
	}
	query, err := v.broker.query(cmd.Context())
	if err != nil {
		return nil, err
	}
	refs, err := client.ToVerify(cmd.Context(), query)
	if err != nil {
		return nil, err
	}
	if len(refs) == 0 {
		const none = "the broker has no contract of provider %s to verify"
		if v.broker.wantsPacts() {
			return nil, fmt.Errorf(none+" (--fail-if-no-pacts=false lets that pass)", v.broker.provider)
		}
		_, _ = fmt.Fprintf(cmd.ErrOrStderr(), none+"\n", v.broker.provider)
	}
	run := &brokerRun{cmd: cmd, client: client, version: query.Version, publish: v.broker.publish}
	contracts := make([]contract, 0, len(refs))
	for _, ref := range refs {
		contracts = append(contracts, run.contract(ref))
	}
	return contracts, nil
}

// wantsPacts reports whether it is an error that there is nothing to verify.
func (b *brokerVerify) wantsPacts() bool { return b.failIfNoPacts && !b.ignoreNoPacts }
