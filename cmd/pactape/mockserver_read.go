package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/magiconair/properties"
	"github.com/spf13/pflag"

	"github.com/pactape/pactape/proxy/settings"
)

// mockServerOptions are the flags that are there for users of MockServer, and
// what its own settings say.
type mockServerOptions struct {
	// initialization are the files that expectations are loaded from: paths,
	// in which *, ** and {a,b} are patterns.
	initialization []string
	watch          bool
	// persist and persistRecorded are the files that expectations and recorded
	// ones are kept in; "" for none.
	persist, persistRecorded string
	// given are the settings, and without those that mean nothing here.
	given   mockServerSettings
	without []string
	run     *mockServerRun
	// ports are further ones to listen on.
	ports []int
	// args are the settings that are given by options of MockServer's own.
	args mockServerSettings
	// listens says that the settings decide on the port.
	listens bool
}

func addMockServerFlags(flags *pflag.FlagSet) *mockServerOptions {
	o := new(mockServerOptions)
	flags.StringSliceVar(&o.initialization, "initialization-json", nil, "`files` of expectations to start with, in MockServer's JSON; *, ** and {a,b} are patterns, and {session} is the name of a session, which loads its own when it is first used")
	flags.BoolVar(&o.watch, "watch-initialization-json", false, "load those files again when they change")
	flags.StringVar(&o.persist, "persist-expectations", "", "`file` to keep the expectations made by hand in; with {session} in it each session has its own")
	flags.StringVar(&o.persistRecorded, "persist-recorded", "", "`file` to keep the recorded expectations in, as they are recorded: redacted; with {session} in it each session has its own")
	addMockServerArgs(flags, o)
	return o
}

// Where MockServer's settings come from.
const (
	mockServerEnv        = "MOCKSERVER_"
	mockServerProperty   = "mockserver."
	mockServerFile       = "mockserver.properties"
	mockServerFileEnv    = "MOCKSERVER_PROPERTY_FILE"
	maxMockServerFile    = 1 << 20
	mockServerFileOption = "propertyFile"
)

// apply fills the flags that nothing else has set: from MockServer's
// environment variables, else from its file.
func (o *mockServerOptions) apply(flags *pflag.FlagSet) error {
	if err := o.read(os.Environ()); err != nil {
		return &usageError{err}
	}
	if err := o.fill(flags); err != nil {
		return err
	}
	return o.open(flags)
}

// fill sets the flags by the settings that were read.
func (o *mockServerOptions) fill(flags *pflag.FlagSet) error {
	return o.fillAbout(flags, func(mockServerFlag) bool { return true })
}

// fillAbout sets some of the flags.
func (o *mockServerOptions) fillAbout(flags *pflag.FlagSet, about func(mockServerFlag) bool) error {
	listen := flags.Lookup("listen").Changed
	for _, row := range mockServerFlags {
		f := flags.Lookup(row.flag)
		if f == nil || f.Changed || !about(row) {
			continue
		}
		values, err := row.from(o.given)
		if err == nil && len(values) > 0 {
			err = setFlag(flags, f, values)
		}
		if err != nil {
			return &usageError{fmt.Errorf("MockServer's settings: %w", err)}
		}
	}
	ports, err := o.given.furtherPorts()
	if err != nil {
		return &usageError{fmt.Errorf("MockServer's settings: %w", err)}
	}
	if !listen && flags.Lookup("listen").Changed {
		o.ports, o.listens = ports, true
	}
	return nil
}

// tune changes the settings that have no flag of their own.
func (o *mockServerOptions) tune(v *settings.Values) error {
	for _, row := range mockServerLive {
		value := o.given[row.name]
		if value == "" {
			continue
		}
		if err := row.set(v, value); err != nil {
			return fmt.Errorf("MockServer's setting %s: %w", row.name, err)
		}
	}
	return nil
}

// read gathers the settings of an environment and of the file.
func (o *mockServerOptions) read(environ []string) error {
	o.given = o.overlay()
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		short, ok := strings.CutPrefix(name, mockServerEnv)
		if !ok || value == "" || name == mockServerFileEnv || linked(short, value) {
			continue
		}
		o.note(1, short, name, strings.TrimSpace(value))
	}
	return o.readFile()
}

// linked reports whether a variable is one that Kubernetes sets for a service
// called mockserver, such as MOCKSERVER_PORT=tcp://10.0.0.7:1080.
func linked(short, value string) bool {
	return strings.HasPrefix(value, "tcp://") || strings.HasPrefix(short, "SERVICE_HOST") ||
		strings.HasPrefix(short, "SERVICE_PORT") || strings.HasPrefix(short, "PORT_")
}

// note takes a setting by its property or variable, which is column 0 or 1,
// unless a stronger source has it.
func (o *mockServerOptions) note(column int, short, name, value string) {
	o.noteTo(o.given, column, short, name, value)
}

func (o *mockServerOptions) noteTo(settings mockServerSettings, column int, short, name, value string) {
	for _, names := range mockServerNames {
		if names[column] == short {
			if settings[names[0]] == "" {
				settings[names[0]] = value
			}
			return
		}
	}
	if !slices.Contains(o.without, name) {
		o.without = append(o.without, name)
	}
}

// readFile reads mockserver.properties, which need not be there unless the
// environment names it.
func (o *mockServerOptions) readFile() error {
	path, named := mockServerFile, os.Getenv(mockServerFileEnv)
	if named != "" {
		path = named
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && named == "" {
		return nil
	}
	if err == nil && len(data) > maxMockServerFile {
		err = fmt.Errorf("%s is larger than %d bytes", path, maxMockServerFile)
	}
	if err != nil {
		return fmt.Errorf("MockServer's settings: %w", err)
	}
	loader := properties.Loader{Encoding: properties.UTF8, DisableExpansion: true}
	p, err := loader.LoadBytes(data)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, name := range p.Keys() {
		short, ok := strings.CutPrefix(name, mockServerProperty)
		if value := strings.TrimSpace(p.GetString(name, "")); ok && value != "" && short != mockServerFileOption {
			o.note(0, short, name, value)
		}
	}
	return nil
}
