package childenv_test

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/cmd/pactape/childenv"
)

// options are complete ones, with helper files in a directory of the test.
func options(t *testing.T) childenv.Options {
	t.Helper()
	dir := t.TempDir()
	return childenv.Options{
		ProxyURL:           &url.URL{Scheme: "http", Host: "127.0.0.1:1080"},
		CAPath:             filepath.Join(dir, "ca.pem"),
		BundlePath:         filepath.Join(dir, "bundle.pem"),
		TrustStorePath:     filepath.Join(dir, "trust.p12"),
		TrustStorePassword: "changeit",
		Dir:                dir,
		GOOS:               "linux",
	}
}

func build(t *testing.T, o childenv.Options) *childenv.Environment {
	t.Helper()
	e, err := childenv.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// environ is the environment as a map; a name set twice is an error.
func environ(t *testing.T, e *childenv.Environment) map[string]string {
	t.Helper()
	env := make(map[string]string)
	for _, entry := range e.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		if _, ok := env[name]; ok {
			t.Errorf("%s is set twice", name)
		}
		env[name] = value
	}
	return env
}

func TestValues(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.ProxyURL.User = url.UserPassword("checkout", "x@y")
	o.ProxyURL.Path = "/ignored"
	o.NoProxy = []string{".corp.example", " 10.0.0.0/8 ", "", "169.254.169.254"}
	env := environ(t, build(t, o))
	const proxy = "http://checkout:x%40y@127.0.0.1:1080"
	const spared = "169.254.169.254,169.254.170.2,169.254.170.23,100.100.100.200,metadata.google.internal," +
		"127.0.0.1:1080,.corp.example,10.0.0.0/8"
	want := map[string]string{
		"HTTP_PROXY": proxy, "http_proxy": proxy, "HTTPS_PROXY": proxy, "https_proxy": proxy,
		"ALL_PROXY": proxy, "all_proxy": proxy, "ws_proxy": proxy, "wss_proxy": proxy,
		"NO_PROXY": spared, "no_proxy": spared,
		"grpc_proxy": proxy, "no_grpc_proxy": spared, "CGI_HTTP_PROXY": proxy,
		"GLOBAL_AGENT_HTTP_PROXY": proxy, "GLOBAL_AGENT_HTTPS_PROXY": proxy, "GLOBAL_AGENT_NO_PROXY": spared,
		"npm_config_proxy": proxy, "npm_config_https_proxy": proxy, "npm_config_noproxy": spared,
		"CARGO_HTTP_PROXY": proxy,

		"NODE_EXTRA_CA_CERTS": o.CAPath, "DENO_CERT": o.CAPath,

		"SSL_CERT_FILE": o.BundlePath, "CURL_CA_BUNDLE": o.BundlePath, "REQUESTS_CA_BUNDLE": o.BundlePath,
		"PIP_CERT": o.BundlePath, "HTTPLIB2_CA_CERTS": o.BundlePath, "GIT_SSL_CAINFO": o.BundlePath,
		"AWS_CA_BUNDLE": o.BundlePath, "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": o.BundlePath,
		"npm_config_cafile": o.BundlePath, "CARGO_HTTP_CAINFO": o.BundlePath, "PERL_LWP_SSL_CA_FILE": o.BundlePath,
		"BUNDLE_SSL_CA_CERT": o.BundlePath, "NIX_SSL_CERT_FILE": o.BundlePath,

		"NODE_USE_ENV_PROXY": "1",
		"NODE_OPTIONS":       "--require " + filepath.Join(o.Dir, "node_preload.cjs"),
		"JAVA_TOOL_OPTIONS": "-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=1080 -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=1080 " +
			"-Dhttp.nonProxyHosts=169.254.169.254|169.254.170.2|169.254.170.23|100.100.100.200|metadata.google.internal|*.corp.example " +
			"-Djavax.net.ssl.trustStore=" + o.TrustStorePath +
			" -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword=changeit",
		"PHP_INI_SCAN_DIR": ":" + filepath.Join(o.Dir, "php"),
	}
	if diff := cmp.Diff(want, env); diff != "" {
		t.Errorf("environment differs (-want +got):\n%s", diff)
	}
}

// TestTable: rows are complete, and what must never be set is not.
func TestTable(t *testing.T) {
	t.Parallel()
	kinds := []childenv.Kind{
		childenv.Proxy, childenv.NoProxy, childenv.TrustAdd, childenv.TrustReplace, childenv.Switch, childenv.Arguments,
	}
	for _, v := range build(t, options(t)).Variables() {
		if v.For == "" || !strings.HasPrefix(v.Source, "https://") || !slices.Contains(kinds, v.Kind) {
			t.Errorf("row %s is incomplete: %+v", v.Name, v)
		}
		if strings.EqualFold(v.Name, "GOPROXY") {
			t.Error("GOPROXY is set: it names a module mirror and would break go get")
		}
	}
}

func TestWindowsHasOneCase(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.GOOS = "windows"
	o.Base = []string{`Http_Proxy=http://corporate:8080`, `Path=C:\`, `=C:=C:\`}
	env := environ(t, build(t, o))
	if env["HTTP_PROXY"] != "http://127.0.0.1:1080" {
		t.Errorf("HTTP_PROXY = %q", env["HTTP_PROXY"])
	}
	for _, name := range []string{"http_proxy", "Http_Proxy", "no_proxy"} {
		if _, ok := env[name]; ok {
			t.Errorf("%s is set beside its upper-case name", name)
		}
	}
	if env["Path"] != `C:\` {
		t.Errorf("Path = %q, want it kept", env["Path"])
	}
	if want := ";" + filepath.Join(o.Dir, "php"); env["PHP_INI_SCAN_DIR"] != want {
		t.Errorf("PHP_INI_SCAN_DIR = %q, want %q", env["PHP_INI_SCAN_DIR"], want)
	}
}

func TestUserSettings(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Base = []string{
		"HOME=/h", "EMPTY=", "NODE_OPTIONS=--max-old-space-size=100", "JAVA_TOOL_OPTIONS=-Xmx1g -Dx=y",
		"PHP_INI_SCAN_DIR=/etc/php", "HTTPS_PROXY=http://old", "HTTPS_PROXY=http://corporate:3128", "NO_PROXY=*",
		"GOPROXY=https://modules.example",
	}
	first := environ(t, build(t, o))
	for name, want := range map[string]string{
		"HOME":             "/h",
		"EMPTY":            "",
		"GOPROXY":          "https://modules.example",
		"NODE_OPTIONS":     "--max-old-space-size=100 --require " + filepath.Join(o.Dir, "node_preload.cjs"),
		"PHP_INI_SCAN_DIR": "/etc/php:" + filepath.Join(o.Dir, "php"),
		"HTTPS_PROXY":      "http://127.0.0.1:1080",
	} {
		if first[name] != want {
			t.Errorf("%s = %q, want %q", name, first[name], want)
		}
	}
	if !strings.HasPrefix(first["JAVA_TOOL_OPTIONS"], "-Xmx1g -Dx=y -Dhttp.proxyHost=") {
		t.Errorf("JAVA_TOOL_OPTIONS = %q, want the user's first", first["JAVA_TOOL_OPTIONS"])
	}
	if strings.Contains(first["NO_PROXY"], "*") {
		t.Errorf("NO_PROXY = %q, want the user's replaced: nothing would be recorded", first["NO_PROXY"])
	}
	// A second eval in the same shell, and a run within a run, add nothing.
	o.Base = build(t, o).Environ()
	if diff := cmp.Diff(first, environ(t, build(t, o))); diff != "" {
		t.Errorf("building on our own result differs (-first +second):\n%s", diff)
	}
}

func TestJavaLocalhost(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		capture bool
		spare   []string
		want    string
	}{
		"default":          {false, nil, "-Dhttp.nonProxyHosts=169.254.169.254|"},
		"captured":         {true, nil, "-Dhttp.nonProxyHosts= "},
		"captured, spared": {true, []string{"a.example"}, "|a.example "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(t)
			o.CaptureLocalhost, o.NoProxy = tc.capture, tc.spare
			if got := environ(t, build(t, o))["JAVA_TOOL_OPTIONS"]; !strings.Contains(got, tc.want) {
				t.Errorf("JAVA_TOOL_OPTIONS = %q, want %q in it", got, tc.want)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(o *childenv.Options)
		want   []string // a part of each warning, in order
	}{
		"none":            {func(*childenv.Options) {}, nil},
		"no bundle":       {func(o *childenv.Options) { o.BundlePath = "" }, []string{"cannot be read here"}},
		"no trust store":  {func(o *childenv.Options) { o.TrustStorePath = "" }, []string{"no trust store for Java"}},
		"macOS":           {func(o *childenv.Options) { o.GOOS = "darwin" }, []string{"Go and .NET"}},
		"session in URL":  {func(o *childenv.Options) { o.ProxyURL.User = url.UserPassword("s", "x") }, []string{`session "s"`}},
		"localhost":       {func(o *childenv.Options) { o.CaptureLocalhost = true }, []string{"Go programs never", "Chrome"}},
		"localhost, Java": {func(o *childenv.Options) { o.CaptureLocalhost = true; o.NoProxy = []string{"x"} }, []string{"Go", "Chrome", "Java"}},
		"own trust": {
			func(o *childenv.Options) {
				o.Base = []string{
					"SSL_CERT_FILE=/corp.pem", "CURL_CA_BUNDLE=/corp.pem", "PIP_CERT=/pip.pem",
					"NODE_EXTRA_CA_CERTS=/node.pem", "DENO_CERT=" + o.CAPath, "AWS_CA_BUNDLE=",
				}
			},
			[]string{"NODE_EXTRA_CA_CERTS, PIP_CERT replaced"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(t)
			tc.change(&o)
			got := build(t, o).Warnings()
			if len(got) != len(tc.want) {
				t.Fatalf("%d warnings, want %d: %q", len(got), len(tc.want), got)
			}
			for i, part := range tc.want {
				if !strings.Contains(got[i], part) {
					t.Errorf("warning %q, want %q in it", got[i], part)
				}
			}
		})
	}
}

func TestWithoutTrustFiles(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.BundlePath, o.TrustStorePath = "", ""
	env := environ(t, build(t, o))
	if env["SSL_CERT_FILE"] != o.CAPath {
		t.Errorf("SSL_CERT_FILE = %q, want the CA in place of the bundle", env["SSL_CERT_FILE"])
	}
	if strings.Contains(env["JAVA_TOOL_OPTIONS"], "trustStore") {
		t.Errorf("JAVA_TOOL_OPTIONS = %q, want no trust store", env["JAVA_TOOL_OPTIONS"])
	}
}

func TestHelperFiles(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Dir = filepath.Join(o.Dir, "made", "when needed")
	env := environ(t, build(t, o))
	script := filepath.Join(o.Dir, "node_preload.cjs")
	if want := `--require "` + script + `"`; runtime.GOOS != "windows" && env["NODE_OPTIONS"] != want {
		t.Errorf("NODE_OPTIONS = %q, want %q", env["NODE_OPTIONS"], want)
	}
	ini := filepath.Join(o.Dir, "php", "pactape.ini")
	content, err := os.ReadFile(ini)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), `curl.cainfo="`+o.BundlePath+`"`) {
		t.Errorf("%s:\n%s", ini, content)
	}
	if err := os.WriteFile(script, []byte("of an older version"), 0o600); err != nil {
		t.Fatal(err)
	}
	build(t, o)
	if got, err := os.ReadFile(script); err != nil || !strings.Contains(string(got), "CONNECT") {
		t.Errorf("an outdated script was not replaced: %v, %q", err, got)
	}
	left, err := filepath.Glob(filepath.Join(o.Dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("temporary files left: %q, %v", left, err)
	}
}

func TestBadOptions(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(o *childenv.Options){
		"no proxy":      func(o *childenv.Options) { o.ProxyURL = nil },
		"no proxy host": func(o *childenv.Options) { o.ProxyURL = &url.URL{Path: "/x"} },
		"no CA":         func(o *childenv.Options) { o.CAPath = "" },
		"dir is a file": func(o *childenv.Options) {
			o.Dir = filepath.Join(o.Dir, "file")
			if err := os.WriteFile(o.Dir, nil, 0o600); err != nil {
				panic(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(t)
			change(&o)
			if _, err := childenv.New(o); err == nil || !strings.HasPrefix(err.Error(), "child environment: ") {
				t.Errorf("error = %v", err)
			}
		})
	}
}

func TestParseShell(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, goos string
		want       childenv.Shell
	}{
		{"", "linux", childenv.POSIX},
		{"", "windows", childenv.PowerShell},
		{"/usr/bin/zsh", "darwin", childenv.POSIX},
		{"/opt/homebrew/bin/fish", "darwin", childenv.Fish},
		{`C:\Program Files\PowerShell\7\pwsh.exe`, "windows", childenv.PowerShell},
		{"cmd", "windows", childenv.Cmd},
	} {
		if got, err := childenv.ParseShell(tc.name, tc.goos); err != nil || got != tc.want {
			t.Errorf("ParseShell(%q, %q) = %q, %v, want %q", tc.name, tc.goos, got, err, tc.want)
		}
	}
	if _, err := childenv.ParseShell("csh", "linux"); err == nil {
		t.Error("ParseShell(csh) is no error")
	}
}

func TestPrint(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Dir = filepath.Join(o.Dir, `it's a "dir" $HOME`)
	e := build(t, o)
	for shell, want := range map[childenv.Shell]string{
		childenv.POSIX:      "export NODE_USE_ENV_PROXY='1'\n",
		childenv.Fish:       "set -gx NODE_USE_ENV_PROXY '1'\n",
		childenv.PowerShell: "$Env:NODE_USE_ENV_PROXY = '1'\n",
		childenv.Cmd:        "set \"NODE_USE_ENV_PROXY=1\"\r\n",
	} {
		var b strings.Builder
		if err := e.Print(&b, shell); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("Print(%s): %v, no %q in\n%s", shell, err, want, &b)
		}
	}
	if err := e.Print(&strings.Builder{}, "tcl"); err == nil {
		t.Error("Print in an unknown shell is no error")
	}
	broken := options(t)
	broken.NoProxy = []string{"a\nrm -rf /"}
	if err := build(t, broken).Print(&strings.Builder{}, childenv.POSIX); err == nil {
		t.Error("Print of a value with a line break is no error")
	}
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("sh is not installed")
	}
	var b strings.Builder
	if err := e.Print(&b, childenv.POSIX); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), sh, "-c", b.String()+`printf '%s' "$NODE_OPTIONS"`)
	cmd.Env = []string{}
	out, err := cmd.CombinedOutput()
	if want := environ(t, e)["NODE_OPTIONS"]; err != nil || string(out) != want {
		t.Errorf("sh evaluates NODE_OPTIONS to %q, %v, want %q", out, err, want)
	}
}
