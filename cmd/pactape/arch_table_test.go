package main_test

// The house, as a table: the packages from top to bottom, and exactly what
// each imports of ours. An import that is not here is reported, and so is one
// that is here and no longer in the code; a new one is a decision, made by
// changing its row. A package imports what stands below it alone.

// ownModule is the path that our imports begin with.
const ownModule = "github.com/pactape/pactape"

// A pkg is one package of ours. Tests are not held to imports.
type pkg struct {
	path    string
	imports []string
}

func ownPackages() []pkg {
	return []pkg{
		// What runs: wires everything, imported by none.
		{"cmd/pactape", []string{
			"cmd/pactape/childenv", "cmd/pactape/revision", "capture", "capture/har", "capture/redact", "certs", "expectations", "expectations/jsondoc",
			"expectations/openapi", "expectations/wire", "metrics", "pact", "pact/broker", "pact/infer", "pact/verifier", "proxy", "proxy/admin", "proxy/callback", "proxy/settings", "proxy/upstream",
		}},
		{"cmd/pactape/example", []string{"cmd/pactape/example/shop", "certs"}},
		{"cmd/pactape/example/shop", nil},
		{"cmd/pactape/childenv", nil},
		{"cmd/pactape/revision", nil},

		// What we answer ourselves. It never sees the proxy: cmd puts one
		// into the other.
		{"proxy/admin", []string{"proxy/settings", "capture/har", "expectations", "expectations/clientcode", "expectations/jsondoc", "expectations/openapi", "expectations/wire", "pact", "pact/infer"}},

		// Traffic. It knows nothing of contracts or of the admin API; what
		// templates make is MockServer's JSON.
		{"proxy", []string{"proxy/settings", "proxy/upstream", "capture", "certs", "expectations", "expectations/charset", "expectations/content", "expectations/jsondoc", "expectations/wire", "metrics"}},
		{"proxy/callback", []string{"expectations", "expectations/jsondoc", "expectations/wire"}},
		{"proxy/upstream", []string{"capture"}},
		{"proxy/settings", nil},

		// Contracts. They never see capture: recorded samples are handed in.
		{"pact/verifier", []string{"expectations", "expectations/content", "expectations/jsondoc", "pact"}},
		{"pact/broker", []string{"expectations/jsondoc", "pact"}},
		{"pact/broker/brokertest", []string{"expectations/jsondoc"}},
		{"pact/infer", []string{"expectations", "expectations/content", "expectations/jsondoc", "expectations/openapi", "pact"}},
		{"pact", []string{"expectations", "expectations/jsondoc"}},

		// Recording.
		{"capture/har", []string{"capture", "expectations", "expectations/content", "expectations/jsondoc"}},
		{"capture", []string{
			"capture/journal", "capture/redact", "expectations", "expectations/content", "expectations/jsondoc",
		}},
		{"capture/redact", []string{"expectations", "expectations/content"}},
		{"capture/journal", nil},

		// The domain and its formats.
		{"expectations/openapi", []string{"expectations", "expectations/jsondoc"}},
		{"expectations/clientcode", []string{"expectations", "expectations/jsondoc", "expectations/wire"}},
		{"expectations/wire", []string{"expectations", "expectations/charset", "expectations/content", "expectations/jsondoc"}},
		{"expectations/content", []string{"expectations"}},
		{"expectations", []string{"expectations/charset", "expectations/jsondoc", "expectations/jsonpath", "expectations/mustache", "expectations/xmldoc"}},
		{"expectations/charset", nil},
		{"expectations/mustache", nil},
		{"expectations/jsonpath", []string{"expectations/jsondoc"}},
		{"expectations/xmldoc", []string{"expectations/jsondoc"}},
		{"expectations/jsondoc", nil},

		// Leaves.
		{"certs", nil},
		{"metrics", nil},
	}
}

// A module is one of third parties, and who may import it: packages of ours,
// anybody if there are none and it is not for tests. Types of a confined
// module stay behind the package that owns it.
type module struct {
	path string
	in   []string
	// tests says that tests may import it wherever they are.
	tests bool
	why   string
}

func thirdParty() []module {
	anywhere := []string{"*"}
	return []module{
		{"github.com/elazarl/goproxy", []string{"proxy"}, false, "the proxy engine and its defects are contained in one package"},
		{"github.com/prometheus/client_model", []string{"metrics"}, false, "the form in which metrics are gathered"},
		{"github.com/gorilla/mux", []string{"proxy/admin"}, false, "only the admin API has routes"},
		{"github.com/prometheus/client_golang", []string{"metrics"}, false, "everybody else calls methods of metrics.Metrics"},
		{"github.com/andybalholm/brotli", []string{"expectations/content"}, true, "content codings have one home"},
		{"github.com/klauspost/compress", []string{"expectations/content"}, true, "content codings have one home"},
		{"github.com/antchfx/xpath", []string{"expectations/xmldoc"}, false, "it panics; what calls it recovers and counts its steps"},
		{"github.com/dlclark/regexp2/v2", []string{"expectations", "pact"}, false, "expressions of Java's and of Oniguruma's run bounded, behind one type each"},
		{"github.com/santhosh-tekuri/jsonschema/v6", []string{"expectations"}, false, "schemas load nothing and cannot panic, behind one type"},
		{"github.com/getkin/kin-openapi", []string{"expectations/openapi"}, true, "descriptions of APIs are read behind one function"},
		{"github.com/gabriel-vasile/mimetype", []string{"pact"}, false, "magic numbers decide one matching rule of Pact"},
		{"github.com/spf13/cobra", []string{"cmd/pactape"}, false, "only the command has a command line"},
		{"github.com/spf13/pflag", []string{"cmd/pactape"}, false, "only the command has a command line"},
		{"go.yaml.in/yaml/v3", []string{"cmd/pactape", "expectations/openapi"}, false, "the configuration file and descriptions of APIs are YAML"},
		{"github.com/bmatcuk/doublestar/v4", []string{"cmd/pactape"}, false, "patterns of files with **, as users of MockServer and of the official broker client write them"},
		{"github.com/fsnotify/fsnotify", []string{"cmd/pactape"}, false, "files of expectations are loaded again when they change"},
		{"github.com/magiconair/properties", []string{"cmd/pactape"}, false, "MockServer's file of settings is one of Java's"},
		{"github.com/dustin/go-humanize", []string{"cmd/pactape"}, false, "sizes are read and written for people by the command alone"},
		{"golang.org/x/term", []string{"cmd/pactape"}, false, "only the command has a terminal"},
		{"github.com/gofrs/flock", []string{"capture/journal", "certs"}, false, "who writes files that other processes share"},
		{"software.sslmate.com/src/go-pkcs12", []string{"certs"}, false, "the trust store for Java"},
		{"github.com/cespare/xxhash/v2", []string{"capture"}, false, "digests of answers, which stand in recordings"},
		{"github.com/google/uuid", anywhere, true, "ids"},
		{"golang.org/x/text", []string{"expectations/charset"}, false, "character sets have one home"},
		{"golang.org/x/net", anywhere, true, "idna, httpguts, http2"},
		{"github.com/google/go-cmp", nil, true, "differences in tests"},
		{"github.com/rogpeppe/go-internal", nil, true, "testscript and txtar"},
		{"github.com/coder/websocket", []string{"proxy/callback"}, true, "proxied WebSockets are relayed unread; only callback clients speak with us"},
		{"google.golang.org/grpc", nil, true, "a gRPC client and server for tests"},
	}
}

// A ban is on a package of the standard library: why the product does not
// import it, and where it does all the same.
type ban struct {
	why    string
	except []string
}

func bans() map[string]ban {
	return map[string]ban{
		"C":                 {why: "it builds with CGO_ENABLED=0 for every platform"},
		"io/ioutil":         {why: "deprecated"},
		"math/rand":         {why: "keys and serial numbers come from crypto/rand, jitter from math/rand/v2"},
		"net/http/httptest": {why: "for tests"},
		"net/http/pprof":    {why: "it registers a handler for every server of the process"},
		"plugin":            {why: "it needs cgo"},
		"testing":           {why: "for tests"},
		"unsafe":            {why: "only redaction views whole bodies as text without a copy", except: []string{"capture/redact"}},
	}
}

// topLevel are the directories of the repository's root, hidden ones and
// those that git ignores aside.
func topLevel() []string {
	return []string{"capture", "certs", "cmd", "expectations", "metrics", "pact", "proxy"}
}
