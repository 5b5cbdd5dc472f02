package main

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/pactape/pactape/proxy/upstream"
)

// upstreamFlags say how whatever speaks to an upstream does so: serve, run
// and verify.
type upstreamFlags struct {
	ca             []string
	insecure       bool
	cert, key      string
	proxy          string
	noProxy        []string
	maps           []string
	dialTimeout    time.Duration
	responseHeader time.Duration

	// forBroker says that all that is spoken to is a broker; brokerInsecure
	// and trustStore are what the official broker client's flags say then.
	forBroker      bool
	brokerInsecure bool
	trustStore     string
}

func addUpstreamFlags(flags *pflag.FlagSet) *upstreamFlags {
	f := new(upstreamFlags)
	flags.StringArrayVar(&f.ca, "upstream-ca", nil, "PEM `file` with further roots to trust upstreams by (repeatable)")
	flags.BoolVar(&f.insecure, "upstream-insecure", false, "do not verify the certificates of upstreams")
	flags.StringVar(&f.cert, "upstream-cert", "", "PEM `file` with a client certificate for upstreams that want one")
	flags.StringVar(&f.key, "upstream-key", "", "PEM `file` with its private key")
	flags.StringVar(&f.proxy, "upstream-proxy", "", "`URL` of a proxy to reach upstreams through: http, https or socks5, credentials allowed")
	flags.StringArrayVar(&f.noProxy, "upstream-no-proxy", nil, "`host`, *.suffix, host:port or CIDR reached without --upstream-proxy, besides names below .localhost (repeatable)")
	flags.StringArrayVar(&f.maps, "map", nil, "`HOST=URL`: reach HOST at URL instead (repeatable)")
	flags.DurationVar(&f.dialTimeout, "upstream-dial-timeout", 10*time.Second, "how long connecting to an upstream may take")
	flags.DurationVar(&f.responseHeader, "upstream-timeout", 0, "how long an upstream may take to begin its answer (0: no limit)")
	return f
}

// options are the settings of the transport; isSelf may be nil.
func (f *upstreamFlags) options(isSelf func(string) bool) (upstream.Options, error) {
	o := upstream.Options{
		CAFiles: f.ca, Insecure: f.insecure, ClientCert: f.cert, ClientKey: f.key, NoProxy: f.noProxy,
		DialTimeout: f.dialTimeout, ResponseHeaderTimeout: f.responseHeader, IsSelf: isSelf,
	}
	var err error
	if f.proxy != "" {
		if o.Proxy, err = parseURL("--upstream-proxy", f.proxy, "http", "https", "socks5", "socks5h"); err != nil {
			return o, err
		}
	}
	if f.forBroker {
		if err := f.brokerTLS(&o); err != nil {
			return o, err
		}
	}
	if o.Map, err = upstream.ParseMap(f.maps); err != nil {
		return o, &usageError{fmt.Errorf("--map: %w", err)}
	}
	return o, nil
}

// brokerTLS fills in what the flags and variables of the official broker client
// say of certificates.
func (f *upstreamFlags) brokerTLS(o *upstream.Options) error {
	insecure, err := truth("SSL_SKIP_VERIFICATION", os.Getenv("SSL_SKIP_VERIFICATION"), false)
	if err != nil {
		return err
	}
	o.Insecure = o.Insecure || f.brokerInsecure || insecure
	name, text := "SSL_TRUST_STORE", os.Getenv("SSL_TRUST_STORE")
	if f.trustStore != "" {
		name, text = "--ssl-trust-store", f.trustStore
	}
	system, err := truth(name, text, true)
	if err != nil {
		return err
	}
	if o.OnlyCAFiles = !system; !system && len(o.CAFiles) == 0 {
		file := os.Getenv("SSL_CERT_FILE")
		if file == "" {
			return &usageError{fmt.Errorf("%s=false leaves nothing to trust: give --ssl-certificate", name)}
		}
		o.CAFiles = []string{file}
	}
	return nil
}

// truth reads a truth value; no text is fallback.
func truth(name, text string, fallback bool) (bool, error) {
	if text == "" {
		return fallback, nil
	}
	yes, err := strconv.ParseBool(text)
	if err != nil {
		return false, &usageError{fmt.Errorf("%s %q: true or false is wanted", name, text)}
	}
	return yes, nil
}

func (f *upstreamFlags) transport(isSelf func(string) bool) (*upstream.Transport, error) {
	o, err := f.options(isSelf)
	if err != nil {
		return nil, err
	}
	return upstream.New(o)
}

// parseURL reads an absolute URL with a host and one of the schemes, which are
// http and https where none are given.
func parseURL(flag, text string, schemes ...string) (*url.URL, error) {
	if len(schemes) == 0 {
		schemes = []string{"http", "https"}
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, &usageError{fmt.Errorf("%s: the URL cannot be read; is a character in it not escaped?", flag)}
	}
	if !slices.Contains(schemes, u.Scheme) || u.Host == "" {
		return nil, &usageError{fmt.Errorf("%s: an %s:// URL with a host is wanted", flag, strings.Join(schemes, ":// or "))}
	}
	return u, nil
}
