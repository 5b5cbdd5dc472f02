package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/pactape/pactape/proxy/settings"
)

// TestMockServerSettings shows what each of MockServer's settings becomes.
func TestMockServerSettings(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		environ []string
		// args are given on the command line.
		args []string
		want map[string]string
		live func(*settings.Values)
		err  string
	}{
		"port":            {environ: []string{"SERVER_PORT=8080"}, want: map[string]string{"listen": "127.0.0.1:8080"}},
		"address":         {environ: []string{"LOCAL_BOUND_IP=127.0.0.2"}, want: map[string]string{"listen": "127.0.0.2:1080"}},
		"flag wins":       {environ: []string{"SERVER_PORT=8080,8081"}, args: []string{"--listen", "127.0.0.1:9"}, want: map[string]string{"listen": "127.0.0.1:9"}},
		"no port":         {environ: []string{"SERVER_PORT=8080,x"}, err: `"x" is no port`},
		"no proxying":     {environ: []string{"ATTEMPT_TO_PROXY_IF_NO_MATCHING_EXPECTATION=false"}, want: map[string]string{"mode": "SIMULATE"}},
		"log level":       {environ: []string{"LOG_LEVEL=TRACE"}, want: map[string]string{"log-level": "debug"}},
		"log in bytes":    {environ: []string{"MAX_EVENT_LOG_SIZE_IN_BYTES=1048576"}, want: map[string]string{"max-log-bytes": "1.0 MiB"}},
		"expectations":    {environ: []string{"MAX_EXPECTATIONS=5"}, want: map[string]string{"max-expectations": "5"}},
		"not persistent":  {environ: []string{"PERSISTED_EXPECTATIONS_PATH=x.json"}},
		"persistent":      {environ: []string{"PERSIST_EXPECTATIONS=true"}, want: map[string]string{"persist-expectations": "persistedExpectations.json"}},
		"persistent file": {environ: []string{"PERSIST_RECORDED_EXPECTATIONS=true", "PERSISTED_RECORDED_EXPECTATIONS_PATH=x.json"}, want: map[string]string{"persist-recorded": "x.json"}},
		"remote":          {environ: []string{"PROXY_REMOTE_HOST=api.test", "PROXY_REMOTE_PORT=8080"}, want: map[string]string{"upstream": "http://api.test:8080"}},
		"remote with TLS": {environ: []string{"PROXY_REMOTE_HOST=api.test", "PROXY_REMOTE_PORT=443"}, want: map[string]string{"upstream": "https://api.test"}},
		"remote here":     {environ: []string{"PROXY_REMOTE_PORT=8080"}, want: map[string]string{"upstream": "http://localhost:8080"}},
		"half a remote":   {environ: []string{"PROXY_REMOTE_HOST=api.test"}, err: "wants a proxyRemotePort"},
		"options":         {environ: []string{"SERVER_PORT=8080", "LOCAL_BOUND_IP=127.0.0.2"}, args: []string{"-serverPort", "9090", "-logLevel=WARN"}, want: map[string]string{"listen": "127.0.0.2:9090", "log-level": "warn"}},
		"remote option":   {args: []string{"-proxyRemoteHost", "api.test", "-proxyRemotePort", "443"}, want: map[string]string{"upstream": "https://api.test"}},
		"half and half":   {environ: []string{"PROXY_REMOTE_PORT=81"}, args: []string{"-proxyRemoteHost", "api.test"}, want: map[string]string{"upstream": "http://api.test:81"}},
		"property":        {environ: []string{"MAX_EXPECTATIONS=5"}, args: []string{"-Dmockserver.maxExpectations=6"}, want: map[string]string{"max-expectations": "6"}},
		"for all":         {args: []string{"-serverPort", "1080", "--allow-remote"}, want: map[string]string{"listen": ":1080"}},
		"for some":        {environ: []string{"LOCAL_BOUND_IP=127.0.0.2"}, args: []string{"-serverPort", "1080", "--allow-remote"}, want: map[string]string{"listen": "127.0.0.2:1080"}},
		"no option":       {args: []string{"-serverPort", "x"}, err: `"x" is no port`},
		"proxy": {
			environ: []string{"FORWARD_HTTP_PROXY=p.test:3128", "FORWARD_HTTPS_PROXY=p.test:3128", "FORWARD_PROXY_AUTHENTICATION_USERNAME=me", "FORWARD_PROXY_AUTHENTICATION_PASSWORD=a:b", "NO_PROXY_HOSTS=a.test,*.b.test"},
			want:    map[string]string{"upstream-proxy": "http://me:a%3Ab@p.test:3128", "upstream-no-proxy": "[a.test,*.b.test]"},
		},
		"SOCKS":            {environ: []string{"FORWARD_SOCKS_PROXY=p.test:1080"}, want: map[string]string{"upstream-proxy": "socks5://p.test:1080"}},
		"two proxies":      {environ: []string{"FORWARD_HTTP_PROXY=p.test:1", "FORWARD_SOCKS_PROXY=p.test:1"}, err: "differ"},
		"timeouts":         {environ: []string{"SOCKET_CONNECTION_TIMEOUT_IN_MILLIS=1500", "MAX_SOCKET_TIMEOUT_IN_MILLIS=20000"}, want: map[string]string{"upstream-dial-timeout": "1.5s", "upstream-timeout": "20s"}},
		"no time":          {environ: []string{"MAX_SOCKET_TIMEOUT_IN_MILLIS=soon"}, err: "milliseconds"},
		"authority":        {environ: []string{"CERTIFICATE_AUTHORITY_X509_CERTIFICATE=c.pem", "CERTIFICATE_AUTHORITY_PRIVATE_KEY=k.pem"}, want: map[string]string{"ca-cert": "c.pem", "ca-key": "k.pem"}},
		"trust":            {environ: []string{"FORWARD_PROXY_TLS_X509_CERTIFICATES_TRUST_MANAGER_TYPE=ANY"}, want: map[string]string{"upstream-insecure": "true"}},
		"trust of one":     {environ: []string{"FORWARD_PROXY_TLS_CUSTOM_TRUST_X509_CERTIFICATES=r.pem"}, want: map[string]string{"upstream-ca": "[r.pem]"}},
		"client":           {environ: []string{"FORWARD_PROXY_TLS_PRIVATE_KEY=k.pem", "FORWARD_PROXY_TLS_X509_CERTIFICATE_CHAIN=c.pem"}, want: map[string]string{"upstream-key": "k.pem", "upstream-cert": "c.pem"}},
		"password":         {environ: []string{"PROXY_AUTHENTICATION_PASSWORD=sesame"}, want: map[string]string{"proxy-password": "sesame"}},
		"neither":          {environ: []string{"PERSIST_EXPECTATIONS=yes"}, err: `persistExpectations: "yes" is none of its values`},
		"metrics":          {environ: []string{"METRICS_ENABLED=true"}, want: map[string]string{"mockserver-metrics": "true"}},
		"callbacks":        {environ: []string{"MAX_WEB_SOCKET_EXPECTATIONS=3", "MAX_FUTURE_TIMEOUT_IN_MILLIS=1500"}, want: map[string]string{"callback-clients": "3", "callback-timeout": "1.5s"}},
		"live":             {environ: []string{"ENABLE_CORS_FOR_API=true", "CORS_MAX_AGE_IN_SECONDS=300", "MAXIMUM_NUMBER_OF_REQUESTS_TO_RETURN_IN_VERIFICATION_FAILURE=3"}, live: func(v *settings.Values) { v.CORS.API, v.CORS.MaxAge, v.MaxReturned = true, 300, 3 }},
		"live and no bool": {environ: []string{"ENABLE_CORS_FOR_API=1"}, err: "setting enableCORSForAPI: true or false is wanted"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := newServe()
			if err := cmd.ParseFlags(mockServerCommand(append([]string{"serve"}, tc.args...))[1:]); err != nil {
				t.Fatal(err)
			}
			before := make(map[string]string)
			for _, row := range mockServerFlags {
				before[row.flag] = cmd.Flags().Lookup(row.flag).Value.String()
			}
			o := new(mockServerOptions)
			cmd.Flags().VisitAll(func(f *pflag.Flag) {
				if arg, ok := f.Value.(*mockServerArg); ok {
					o = arg.o
				}
			})
			for i := range tc.environ {
				tc.environ[i] = mockServerEnv + tc.environ[i]
			}
			values := settings.Default()
			err := o.read(tc.environ)
			if err == nil {
				err = o.fill(cmd.Flags())
			}
			if err == nil {
				err = o.open(cmd.Flags())
			}
			if err == nil {
				err = o.tune(&values)
			}
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Errorf("got %v, want %s", err, tc.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			maps.Copy(before, tc.want)
			for _, row := range mockServerFlags {
				if got := cmd.Flags().Lookup(row.flag).Value.String(); got != before[row.flag] {
					t.Errorf("--%s is %s, want %s", row.flag, got, before[row.flag])
				}
			}
			want := settings.Default()
			if tc.live != nil {
				tc.live(&want)
			} else if name == "metrics" {
				want.MetricsEnabled = true
			}
			if diff := cmp.Diff(want, values); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMockServerNames holds the tables together: each setting is used, and
// each that is used has its names.
func TestMockServerNames(t *testing.T) {
	t.Parallel()
	sources, err := filepath.Glob("mockserver*.go")
	if err != nil || len(sources) == 0 {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, name := range sources {
		if !strings.HasSuffix(name, "_test.go") {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(data)
		}
	}
	known := make(map[string]bool)
	for _, names := range mockServerNames {
		known[names[0]] = true
		if strings.Count(code.String(), `"`+names[0]+`"`) < 2 && names[0] != "proxyAuthenticationUsername" {
			t.Errorf("%s is used nowhere", names[0])
		}
	}
	for _, row := range mockServerLive {
		if !known[row.name] {
			t.Errorf("%s has no names", row.name)
		}
	}
	flags := newServe().Flags()
	for _, row := range mockServerFlags {
		if flags.Lookup(row.flag) == nil {
			t.Errorf("there is no flag --%s", row.flag)
		}
	}
	// What a service of Kubernetes called mockserver brings is none of them.
	o := new(mockServerOptions)
	if err := o.read([]string{"MOCKSERVER_PORT_1080_TCP=tcp://10.0.0.1:1080", "MOCKSERVER_SERVICE_PORT=1080", "MOCKSERVER_PORT_1080_TCP_PROTO=tcp", "MOCKSERVER_X=1"}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(o.without, []string{"MOCKSERVER_X"}) {
		t.Errorf("named are %v", o.without)
	}
}

// TestMockServerCommand shows which command lines are taken for MockServer's.
func TestMockServerCommand(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"-serverPort 1080":                       "serve --serverPort 1080",
		"-serverPort=1080 --mode CAPTURE":        "serve --serverPort=1080 --mode CAPTURE",
		"serve -logLevel INFO -serverPort 1":     "serve --logLevel INFO --serverPort 1",
		"-Dmockserver.logLevel=INFO -serverPort": "serve -Dmockserver.logLevel=INFO --serverPort",
		"serve --listen 127.0.0.1:1":             "serve --listen 127.0.0.1:1",
		"run -- java -serverPort 1":              "run -- java -serverPort 1",
		"serve -- -serverPort":                   "serve -- -serverPort",
		"-version":                               "-version",
		"":                                       "",
	} {
		if got := strings.Join(mockServerCommand(strings.Fields(in)), " "); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
