package childenv

// A row is one variable: its name, what it does, who reads it, where that is
// documented, and its value for one child; an empty value leaves it alone.
type row struct {
	name    string
	kind    Kind
	readers string
	source  string
	value   func(v values) string
}

// Where the rows come from.
const (
	curlDoc   = "https://curl.se/libcurl/c/libcurl-env.html"
	curlTool  = "https://curl.se/docs/manpage.html"
	goProxy   = "https://pkg.go.dev/golang.org/x/net/http/httpproxy"
	nodeDoc   = "https://nodejs.org/api/cli.html"
	npmDoc    = "https://docs.npmjs.com/cli/using-npm/config"
	opensslEn = "https://docs.openssl.org/master/man7/openssl-env/"
	grpcDoc   = "https://github.com/grpc/grpc/blob/master/doc/environment_variables.md"
	cargoDoc  = "https://doc.rust-lang.org/cargo/reference/config.html"
	agentDoc  = "https://github.com/gajus/global-agent"
	javaDoc   = "https://docs.oracle.com/en/java/javase/21/core/java-networking.html"
)

// table has every variable, in the order in which they are printed. Where
// names are the same in any case, the first of two counts. Both cases of the
// common names are needed: curl reads http_proxy in lower case alone, Python
// and Node prefer it, others know the upper case only.
func table() []row {
	return append(append(proxyRows(), trustRows()...), runtimeRows()...)
}

func proxyRows() []row {
	proxy := func(v values) string { return v.proxy }
	none := func(v values) string { return v.noProxy }
	return []row{
		{"HTTP_PROXY", Proxy, "Go, Node, Python, .NET, Deno, Bun, Guzzle, reqwest, AWS", goProxy, proxy},
		{"http_proxy", Proxy, "curl, git, Ruby, Perl, wget; preferred by Node and Python", curlDoc, proxy},
		{"HTTPS_PROXY", Proxy, "Go, curl, Node, Python, .NET, Deno, Bun, Guzzle, reqwest, AWS, gRPC for Go", goProxy, proxy},
		{"https_proxy", Proxy, "curl, git, Ruby, Perl, wget; preferred by Node and Python", curlDoc, proxy},
		{"ALL_PROXY", Proxy, "curl, httpx, .NET, reqwest", curlDoc, proxy},
		{"all_proxy", Proxy, "curl, httpx, .NET, reqwest", curlDoc, proxy},
		{"ws_proxy", Proxy, "curl, for WebSocket", curlDoc, proxy},
		{"wss_proxy", Proxy, "curl, for WebSocket over TLS", curlDoc, proxy},
		{"NO_PROXY", NoProxy, "whoever reads HTTP_PROXY", goProxy, none},
		{"no_proxy", NoProxy, "whoever reads http_proxy", curlDoc, none},
		{"grpc_proxy", Proxy, "gRPC: C core and what is built on it, grpc-js", grpcDoc, proxy},
		{"no_grpc_proxy", NoProxy, "gRPC: C core and what is built on it, grpc-js", grpcDoc, none},
		{"CGI_HTTP_PROXY", Proxy, "Perl's LWP where it takes itself for a CGI program", "https://metacpan.org/pod/LWP::UserAgent", proxy},
		{"GLOBAL_AGENT_HTTP_PROXY", Proxy, "Node's global-agent, where a program uses it", agentDoc, proxy},
		{"GLOBAL_AGENT_HTTPS_PROXY", Proxy, "Node's global-agent, where a program uses it", agentDoc, proxy},
		{"GLOBAL_AGENT_NO_PROXY", NoProxy, "Node's global-agent, where a program uses it", agentDoc, none},
		{"npm_config_proxy", Proxy, "npm, pnpm, yarn 1, over a proxy in .npmrc", npmDoc, proxy},
		{"npm_config_https_proxy", Proxy, "npm, pnpm, yarn 1, over a proxy in .npmrc", npmDoc, proxy},
		{"npm_config_noproxy", NoProxy, "npm, over noproxy in .npmrc", npmDoc, none},
		{"CARGO_HTTP_PROXY", Proxy, "cargo, over http.proxy in its configuration", cargoDoc, proxy},
	}
}

func trustRows() []row {
	ours := func(v values) string { return v.ca }
	bundle := func(v values) string { return v.bundle }
	return []row{
		{"NODE_EXTRA_CA_CERTS", TrustAdd, "Node, Bun, Deno from 2.8", nodeDoc + "#node_extra_ca_certsfile", ours},
		{"DENO_CERT", TrustAdd, "Deno", "https://docs.deno.com/runtime/reference/env_variables/", ours},
		{"SSL_CERT_FILE", TrustReplace, "OpenSSL (Python's urllib, httpx, aiohttp; Ruby; PHP; .NET on Linux), Go on Linux, rustls-native-certs", opensslEn, bundle},
		{"CURL_CA_BUNDLE", TrustReplace, "curl, requests", curlTool, bundle},
		{"REQUESTS_CA_BUNDLE", TrustReplace, "Python's requests, which ignores SSL_CERT_FILE", "https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification", bundle},
		{"PIP_CERT", TrustReplace, "pip", "https://pip.pypa.io/en/stable/topics/https-certificates/", bundle},
		{"HTTPLIB2_CA_CERTS", TrustReplace, "Python's httplib2", "https://github.com/httplib2/httplib2", bundle},
		{"GIT_SSL_CAINFO", TrustReplace, "git", "https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpsslCAInfo", bundle},
		{"AWS_CA_BUNDLE", TrustReplace, "AWS CLI and SDKs", "https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html", bundle},
		{"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", TrustReplace, "gRPC: C core and what is built on it, grpc-js", grpcDoc, bundle},
		{"npm_config_cafile", TrustReplace, "npm, pnpm, yarn 1", npmDoc, bundle},
		{"CARGO_HTTP_CAINFO", TrustReplace, "cargo", cargoDoc, bundle},
		{"PERL_LWP_SSL_CA_FILE", TrustReplace, "Perl's LWP", "https://metacpan.org/pod/LWP::UserAgent", bundle},
		{"BUNDLE_SSL_CA_CERT", TrustReplace, "Ruby's bundler", "https://bundler.io/man/bundle-config.1.html", bundle},
		{"NIX_SSL_CERT_FILE", TrustReplace, "programs built by Nix", "https://nix.dev/manual/nix/latest/installation/env-variables", bundle},
	}
}

func runtimeRows() []row {
	return []row{
		{
			"NODE_USE_ENV_PROXY", Switch, "Node from 22.21, which reads the proxy variables only if told to", nodeDoc + "#node_use_env_proxy1",
			func(values) string { return "1" },
		},
		{
			"NODE_OPTIONS", Arguments, "Node: a script for versions before 22.21, and for agents of a program's own", nodeDoc + "#node_optionsoptions",
			func(v values) string { return v.nodeOptions },
		},
		{
			"JAVA_TOOL_OPTIONS", Arguments, "Java, which reads no proxy variables", javaDoc,
			func(v values) string { return v.javaOptions },
		},
		{
			"PHP_INI_SCAN_DIR", Arguments, "PHP: curl.cainfo and openssl.cafile", "https://www.php.net/manual/en/configuration.file.php",
			func(v values) string { return v.phpScanDir },
		},
	}
}
