package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/pactape/pactape/cmd/pactape/revision"
	"github.com/pactape/pactape/pact/broker"
)

// brokerFlags say where a Pact Broker is and who we are to it. What no flag
// says is read from the environment variables that all Pact tools know.
type brokerFlags struct {
	url                       string
	token, username, password string
	headers                   []string
	retries                   int
	timeout                   time.Duration
	// anonymous sends no credentials, whatever the environment says.
	anonymous bool
	// log is what is logged; nil is everything.
	log *logFlags
}

// addBrokerFlags adds the flags; letters are the short ones that other Pact
// tools have, where they are free.
func addBrokerFlags(flags *pflag.FlagSet, letters bool) *brokerFlags {
	f := new(brokerFlags)
	letter := func(l string) string {
		if letters {
			return l
		}
		return ""
	}
	flags.StringVarP(&f.url, "broker-url", "b", "", "base `URL` of the Pact Broker (default: PACT_BROKER_BASE_URL)")
	tokenLetter := "t" // the official verifier's, where the official broker client has k
	if letters {
		tokenLetter = "k"
	}
	flags.StringVarP(&f.token, "broker-token", tokenLetter, "", "bearer `token` for the broker (default: PACT_BROKER_TOKEN)")
	flags.StringVarP(&f.username, "broker-username", letter("u"), "", "user `name` at the broker (default: PACT_BROKER_USERNAME)")
	flags.StringVarP(&f.password, "broker-password", letter("p"), "", "`password` at the broker (default: PACT_BROKER_PASSWORD)")
	flags.StringArrayVar(&f.headers, "broker-header", nil, "`'Name: value'` to send to the broker (repeatable)")
	flags.IntVar(&f.retries, "broker-retries", broker.DefaultRetries, "how often a call is repeated that the broker cannot answer now (5xx, 408, 429)")
	flags.DurationVar(&f.timeout, "broker-timeout", broker.DefaultTimeout, "how long the broker may take for one answer")
	aliasFlags(flags, map[string]string{
		"broker-base-url": "broker-url", "pact-broker-base-url": "broker-url", "custom-header": "broker-header", "retries": "broker-retries",
	})
	return f
}

// addBrokerTLSFlags adds the names that the official broker client has for what
// is called --upstream-… here.
func addBrokerTLSFlags(flags *pflag.FlagSet, up *upstreamFlags) {
	up.forBroker = true
	flags.VarP(&appended{&up.ca}, "ssl-certificate", "c", "the same as --upstream-ca")
	flags.BoolVar(&up.brokerInsecure, "skip-ssl-verification", false, "the same as --upstream-insecure (default: SSL_SKIP_VERIFICATION)")
	flags.StringVar(&up.trustStore, "ssl-trust-store", "", "false trusts the roots of --upstream-ca alone, not the system's (default: SSL_TRUST_STORE)")
	hideFlags(flags, "ssl-certificate", "skip-ssl-verification", "ssl-trust-store")
}

// address is the broker's URL; empty if none is named anywhere.
func (f *brokerFlags) address() string {
	return cmp.Or(f.url, os.Getenv("PACT_BROKER_BASE_URL"))
}

// auth completes what the flags say from the environment. A flag of one kind
// of credentials silences the variables of the other.
func (f *brokerFlags) auth() broker.Auth {
	if f.anonymous {
		return broker.Auth{}
	}
	a := broker.Auth{Token: f.token, Username: f.username, Password: f.password}
	if a == (broker.Auth{}) {
		a.Token = os.Getenv("PACT_BROKER_TOKEN")
	}
	if a.Token == "" {
		a.Username = cmp.Or(a.Username, os.Getenv("PACT_BROKER_USERNAME"))
		a.Password = cmp.Or(a.Password, os.Getenv("PACT_BROKER_PASSWORD"))
	}
	return a
}

// client is a client of the broker; repeated calls are told on stderr.
func (f *brokerFlags) client(cmd *cobra.Command, up *upstreamFlags) (*broker.Client, error) {
	if f.address() == "" {
		return nil, &usageError{errors.New("no broker: give --broker-url, or set PACT_BROKER_BASE_URL")}
	}
	headers, err := parseHeaders(f.headers)
	if err != nil {
		return nil, err
	}
	logger, transport, err := f.transport(cmd, up)
	if err != nil {
		return nil, err
	}
	retries, err := f.repeats(cmd)
	if err != nil {
		return nil, err
	}
	if retries == 0 {
		retries = -1 // none, where the zero value is the default
	}
	c, err := broker.New(broker.Options{
		BaseURL: f.address(), Auth: f.auth(), Transport: transport, Timeout: f.timeout, Retries: retries, Header: headers,
		Tool: broker.Tool{Name: "pactape", Version: version()}, Logger: logger,
	})
	if err != nil {
		return nil, &usageError{err}
	}
	return c, nil
}

// transport is what sends requests, and the logger that hears of them.
func (f *brokerFlags) transport(cmd *cobra.Command, up *upstreamFlags) (*slog.Logger, http.RoundTripper, error) {
	if f.log == nil {
		transport, err := up.transport(nil)
		return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)), transport, err
	}
	logger, err := f.log.logger(cmd)
	if err != nil {
		return nil, nil, err
	}
	transport, err := up.transport(nil)
	return logger, &loggedTransport{transport, logger}, err
}

// repeats is how often calls are repeated, by the flag or else by the variable
// that the official tools have for it.
func (f *brokerFlags) repeats(cmd *cobra.Command) (int, error) {
	text := os.Getenv("PACT_BROKER_HTTP_RETRIES")
	if text == "" || cmd.Flags().Changed("broker-retries") {
		return f.retries, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, &usageError{fmt.Errorf("PACT_BROKER_HTTP_RETRIES %q: a number is wanted", text)}
	}
	return n, nil
}

// printNotices prints what a broker wants people to read.
func printNotices(w io.Writer, notices []broker.Notice) {
	for _, n := range notices {
		switch n.Type {
		case "debug":
			continue
		case "warning", "prompt", "error", "danger":
			_, _ = fmt.Fprintf(w, "%s: ", n.Type) // there is nobody else to tell
		}
		_, _ = fmt.Fprintln(w, n.Text)
	}
}

// versionFlags name a version of the application at hand. What no flag says is
// found out from the CI system or from git.
type versionFlags struct {
	flag string // the name of the one for number
	// branchFlag is the name of the one for branch; "" is branch.
	branchFlag string
	number     string
	branch     string
	tags       []string
	tagBranch  bool
	buildURL   string
	detect     bool
}

// addCommonFlags adds what is called the same of consumers and providers.
func (f *versionFlags) addCommonFlags(flags *pflag.FlagSet, letter string) {
	flags.StringVar(&f.buildURL, "build-url", "", "`URL` of the build (default: what the CI system says)")
	flags.BoolVarP(&f.detect, "auto-detect-version-properties", letter, true, "take version, branch and build URL from the CI system or git where they are not given")
	flags.BoolVarP(&f.tagBranch, "tag-with-git-branch", "g", false, "tag the version with the name of the branch, too")
	negateFlags(flags, "auto-detect-version-properties", "tag-with-git-branch")
}

// version is the version; its number may be empty unless it is required.
func (f *versionFlags) version(ctx context.Context, required bool) (broker.Version, error) {
	v := broker.Version{Number: f.number, Branch: f.branch, Tags: f.tags, BuildURL: f.buildURL}
	reason := errors.New("it is not to be detected")
	if f.detect {
		var found revision.Revision
		found, reason = revision.Detect(ctx, revision.Options{})
		v.Number, v.Branch, v.BuildURL = cmp.Or(v.Number, found.Commit), cmp.Or(v.Branch, found.Branch), cmp.Or(v.BuildURL, found.BuildURL)
	}
	if required && strings.TrimSpace(v.Number) == "" {
		return v, &usageError{fmt.Errorf("no version: give --%s (%w)", f.flag, reason)}
	}
	if f.tagBranch {
		if v.Branch == "" {
			return v, &usageError{fmt.Errorf("--tag-with-git-branch: the branch is not known; give --%s", cmp.Or(f.branchFlag, "branch"))}
		}
		v.Tags = append(slices.Clip(v.Tags), v.Branch)
	}
	return v, nil
}
