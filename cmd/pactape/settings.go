package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// envPrefix starts the environment variable of every flag.
const envPrefix = "PACTAPE_"

// settingsExempt are flags that make no sense outside a command line, and
// version: images set PACTAPE_VERSION to say which pactape they hold.
var settingsExempt = map[string]bool{"help": true, "version": true}

// applySettings fills every flag of cmd that was not given from the
// environment, else from the config file. An unknown key in the file is an
// error: a misspelt setting must not be ignored.
func applySettings(cmd *cobra.Command) error {
	if err := fromEnvironment(cmd.Flags()); err != nil {
		return &usageError{err}
	}
	path, required, err := configPath(cmd.Flags())
	if err != nil {
		return err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !required {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read config file: %w", err)
	}
	if err := fromFile(cmd, data); err != nil {
		return fmt.Errorf("config file %s: %w", path, err)
	}
	return nil
}

func envName(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func fromEnvironment(flags *pflag.FlagSet) error {
	var errs []error
	flags.VisitAll(func(f *pflag.Flag) {
		value, ok := os.LookupEnv(envName(f.Name))
		if !ok || value == "" || f.Changed || settingsExempt[f.Name] {
			return
		}
		values := []string{value}
		if _, list := f.Value.(pflag.SliceValue); list {
			values = splitList(value)
		}
		if err := setFlag(flags, f, values); err != nil {
			errs = append(errs, fmt.Errorf("environment variable %s: %w", envName(f.Name), err))
		}
	})
	return errors.Join(errs...)
}

// splitList splits an environment variable's list: at line ends if there are
// any (a header may hold a comma), else at commas.
func splitList(value string) []string {
	sep := ","
	if strings.Contains(value, "\n") {
		sep = "\n"
	}
	var list []string
	for item := range strings.SplitSeq(value, sep) {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return list
}

// setFlag gives f its values and marks it as changed, so that a weaker source
// leaves it alone.
func setFlag(flags *pflag.FlagSet, f *pflag.Flag, values []string) error {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		f.Changed = true
		return list.Replace(values)
	}
	return flags.Set(f.Name, values[0])
}

// configPath returns the config file to read and whether it must exist.
func configPath(flags *pflag.FlagSet) (path string, required bool, err error) {
	if path, _ = flags.GetString("config"); path != "" {
		return path, true, nil
	}
	home, err := homeDir(flags)
	if err != nil {
		return "", false, err
	}
	return filepath.Join(home, "config.yaml"), false, nil
}

func fromFile(cmd *cobra.Command, data []byte) error {
	var keys map[string]yaml.Node
	if err := yaml.Unmarshal(data, &keys); err != nil {
		return err
	}
	known := knownFlags(cmd.Root())
	var errs []error
	for _, key := range sortedKeys(keys) {
		if !known[key] || settingsExempt[key] {
			errs = append(errs, fmt.Errorf("unknown key %q; keys are flag names without the dashes (see pactape %s --help)", key, cmd.Name()))
			continue
		}
		f := cmd.Flags().Lookup(key)
		if f == nil || f.Changed {
			continue
		}
		node := keys[key]
		values, err := nodeValues(&node)
		if err == nil {
			err = setFlag(cmd.Flags(), f, values)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("key %q: %w", key, err))
		}
	}
	return errors.Join(errs...)
}

func sortedKeys(m map[string]yaml.Node) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// nodeValues returns a scalar as one value and a list of scalars as several.
func nodeValues(n *yaml.Node) ([]string, error) {
	if n.Kind == yaml.ScalarNode {
		return []string{n.Value}, nil
	}
	if n.Kind != yaml.SequenceNode {
		return nil, fmt.Errorf("line %d: a value or a list of values is wanted", n.Line)
	}
	values := make([]string, 0, len(n.Content))
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("line %d: a list of plain values is wanted", item.Line)
		}
		values = append(values, item.Value)
	}
	return values, nil
}

// knownFlags is the set of flag names of all commands.
func knownFlags(root *cobra.Command) map[string]bool {
	known := make(map[string]bool)
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
		for _, child := range cmd.Commands() {
			walk(child)
		}
	}
	walk(root)
	return known
}

// homeDir is --home, else pactape below the user's config directory. It is
// not created here.
func homeDir(flags *pflag.FlagSet) (string, error) {
	if home, _ := flags.GetString("home"); home != "" {
		return filepath.Abs(home)
	}
	base, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no home directory for pactape (set --home or PACTAPE_HOME): %w", err)
	}
	return filepath.Join(base, "pactape"), nil
}
