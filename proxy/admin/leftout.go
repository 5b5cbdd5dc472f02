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
	{"/clock", "the clock of the server cannot be changed"},
	{"/cluster", "servers do not know of one another"},
	{"/config", "call /mockserver/configuration"},
	{"/crud", "there are no generated CRUD resources; create expectations for them"},
	{"/dashboard", "there is no dashboard; /mockserver/retrieve tells what was received"},
	{"/diff", "a recording is exported as a contract, and held against what is live by the command: pactape verify"},
	{"/drift", "a contract is held against what is live by the command: pactape verify"},
	{"/explainUnmatched", "call /mockserver/debugMismatch with the request"},
	{"/files", "no files are kept; name a file of the server in a body of type FILE"},
	{"/generateExpectation", "expectations are learned from recorded traffic: retrieve type=recorded_expectations"},
	{"/grpc", "gRPC is recorded and forwarded, but not mocked"},
	{"/grpcChaos", "no faults are injected by host; use httpError, or a delay, in an expectation"},
	{"/http3status", "there is no HTTP/3"},
	{"/oidc", "there is no identity provider"},
	{"/openapi.yaml", "the API is MockServer's; its own description is published with MockServer"},
	{"/proxyConfiguration", "pactape env prints what clients need, and /mockserver/ca.pem the certificate"},
	{"/recordings", "recorded expectations are active already: they answer in SIMULATE"},
	{"/replay", "recorded requests are not sent again; pactape verify replays a contract"},
	{"/serviceChaos", "no faults are injected by host; use httpError, or a delay, in an expectation"},
	{"/tcpChaos", "no faults are injected by host; use httpError, or a delay, in an expectation"},
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
