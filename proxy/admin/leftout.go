package admin

import (
	"net/http"
	"strings"
)

// An omission is a part of MockServer's control plane that is left out on
// purpose.
type omission struct {
	// path is below prefix; what lies below it is left out too.
	path string
	// why is one sentence for who calls it.
	why string
}

// omissions are what answers 501, whatever the method: whoever moves here must
// learn at once what is missing, and not search for a slip in a path.
var omissions = []omission{
	{"/asyncapi", "messages of AsyncAPI are not mocked"},
	{"/audit", "there is no audit log; the log of the server says what was called"},
	{"/baseline", "a recording is exported as a contract, and held against what is live by the command: pactape verify"},
	{"/breakpoint", "traffic is not held at breakpoints"},
	{"/breakpoints", "traffic is not held at breakpoints"},
	{"/cassettes", "recordings are kept in sessions: call with ?session=NAME, and see pactape session"},
	{"/chaosExperiment", "no faults are injected by host; use httpError, or a delay, in an expectation"},
	{"/clock", "the clock of the server cannot be changed"},
	{"/cluster", "servers do not know of one another"},
	{"/config", "call /mockserver/configuration"},
	{"/contractTest", "a contract is held against what is live by the command: pactape verify"},
	{"/crud", "there are no generated CRUD resources; create expectations for them"},
	{"/dashboard", "there is no dashboard; /mockserver/retrieve tells what was received"},
	{"/diff", "a recording is exported as a contract, and held against what is live by the command: pactape verify"},
	{"/drift", "a contract is held against what is live by the command: pactape verify"},
	{"/explain", "call /mockserver/debugMismatch with the request"},
	{"/explainUnmatched", "call /mockserver/debugMismatch with the request"},
	{"/files", "no files are kept; name a file of the server in a body of type FILE"},
	{"/generateExpectation", "expectations are learned from recorded traffic: retrieve type=recorded_expectations"},
	{"/graphql", "operations of GraphQL are matched by a body of type GRAPHQL"},
	{"/grpc", "gRPC is recorded and forwarded, but not mocked"},
	{"/grpcChaos", "no faults are injected by host; use httpError, or a delay, in an expectation"},
	{"/http3status", "there is no HTTP/3"},
	{"/loadScenario", "no load is generated"},
	{"/oidc", "there is no identity provider"},
	{"/openapi.yaml", "the API is MockServer's; its own description is published with MockServer"},
	{"/preemption", "a stopping server ends what is running, and takes nothing new"},
	{"/proxyConfiguration", "pactape env prints what clients need, and /mockserver/ca.pem the certificate"},
	{"/recordings", "recorded expectations are active already: they answer in SIMULATE"},
	{"/replay", "recorded requests are not sent again; pactape verify replays a contract"},
	{"/saml", "there is no identity provider"},
	{"/scim", "there is no identity provider"},
	{"/serviceChaos", "no faults are injected by host; use httpError, or a delay, in an expectation"},
	{"/tcpChaos", "no faults are injected by host; use httpError, or a delay, in an expectation"},
	{"/trafficValidate", "a contract is held against what is live by the command: pactape verify"},
	{"/verifySLO", "metrics are on /metrics, for Prometheus to judge"},
	{"/wasm", "there are no WebAssembly matchers"},
	{"/wsdl", "SOAP services are not mocked from a WSDL"},
}

// omitted is the omission that a path is part of, nil for none.
func omitted(path string) *omission {
	below, ok := strings.CutPrefix(path, prefix)
	if !ok {
		return nil
	}
	for i := range omissions {
		o := &omissions[i]
		rest, ok := strings.CutPrefix(below, o.path)
		if ok && (rest == "" || rest[0] == '/') {
			return o
		}
	}
	return nil
}

// leaveOut answers a call that is left out.
func (s *server) leaveOut(w http.ResponseWriter, r *http.Request, o *omission) {
	text := visible(r.Method+" "+r.URL.EscapedPath()) + " is not supported: " + o.why
	write(w, http.StatusNotImplemented, contentText, []byte(text))
}

// unheeded are parameters of clear and retrieve that MockServer has
// and pactape has not. To leave them aside would do more than was asked for:
// clear everything for what one namespace holds.
var unheeded = []struct{ name, why string }{
	{"captureHeaders", "what tells recorded requests apart is set by --match-header"},
	{"extractBodiesLargerThan", "recorded bodies are kept beside the recording"},
	{"metadataJsonPath", "expectations have no metadata"},
	{"metadataKey", "expectations have no metadata"},
	{"metadataValue", "expectations have no metadata"},
	{"namespace", "expectations are kept apart by sessions: call with ?session=NAME"},
	{"parameterize", "recorded requests are matched by what they were"},
	{"repeatsAsScenarios", "the answers to one request are given in the order recorded, and the last one from then on"},
	{"unmatched", "expectations are not selected by use; verify by their id tells how often one answered"},
}

// heeded refuses a call of clear or retrieve that selects by what there is not.
func (c *call) heeded() error {
	for _, p := range unheeded {
		if v := c.query.Get(p.name); v != "" && v != "false" {
			return &failure{status: http.StatusNotImplemented, text: "the parameter " + p.name + " is not supported: " + p.why}
		}
	}
	return nil
}
