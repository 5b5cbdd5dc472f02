// Package proxy is the part of pactape that traffic goes through: one port
// that speaks HTTP/1.0, 1.1 and 2, in the clear and over TLS, and SOCKS; is a
// forward proxy (absolute URIs, CONNECT, SOCKS 5, 4 and 4a), a reverse proxy,
// and a server that answers from expectations.
//
// # How a request travels
//
// A listener's connections are told apart by their first bytes, and end in one
// [net/http.Server], which answers to [Proxy.ServeHTTP]. What it means is
// decided once per request, from one snapshot of its space and mode:
//
//   - addressed to pactape itself: the admin API, then expectations, else 404;
//   - CONNECT: goproxy hands the connection over; what is inside is sniffed.
//     TLS ends here with a leaf for the server name, and the requests in it
//     come back to the same server; so does HTTP in the clear, h2c included;
//     anything else is relayed unread and counted;
//   - a connection that begins with SOCKS becomes such a tunnel, without
//     goproxy; only its command CONNECT is served;
//   - everything else goes through goproxy's handler chain: an expectation
//     answers, or the request is forwarded and recorded.
//
// With Options.ProxyPassword, clients of the proxy must know it. The user name
// in their credentials is the session, with or without a password to know; but
// a SOCKS user without a password names none, since Java sends that of the
// operating system to whoever accepts one.
//
// What a [expectations.Mode] means is decided here and nowhere else:
//
//	SIMULATE  expectations act, captured ones too; a miss is 404; nothing
//	          reaches the network, not even tunnels (but see
//	          Options.PassthroughInSimulate), except along actions of people
//	          that forward. Nothing is recorded.
//	SPY       expectations that people made act; a miss is forwarded and
//	          recorded. An answered request is recorded too if it was meant
//	          for somebody else, which one sent straight to us was not.
//	CAPTURE   everything is forwarded and recorded, nothing is answered;
//	          expectations that forward say where to.
//
// # Actions
//
// What an expectation does with a request is performed by one row of
// performers (perform.go) and one file for each family of kinds. An action
// either makes an answer of our own, or sets the call on a route: to a server,
// with changes. A forwarded request is in the request log as the client sent
// it and was answered, under the outcome forwarded or failed and the id of the
// expectation; the recording has what the server was sent and answered.
// A route may lead to ourselves, where another expectation may act, but not
// more than a few times.
//
// What is sent besides an answer (before- and after-actions, and actions that
// forward but are not the primary one; side.go) is bounded in number and in
// time, counted, never recorded, and never in the way of an answer, unless a
// before-action is to be waited for. When the proxy stops, what runs may end
// and what waits for its delay is dropped.
//
// # Recording
//
// Bodies are copied as they pass, bounded by Options.MaxBody and the budget,
// never held back. The request log's entry and the exchange are complete
// before the last byte of an answer leaves, so that whoever has read an answer
// to its end finds it there. An answer of unknown length is in the log, marked
// pending, from its beginning.
//
// # Fidelity
//
// Names of header fields are as net/http gives them; values of one name keep
// their order. Fields of one hop are removed in both directions (RFC 9110
// §7.6.1), Content-Encoding and Accept-Encoding are left alone, reason phrases
// and interim answers are passed on. A forwarded request gains one field, Via
// (RFC 9110 §7.6.3), whose received-by is a token of this process, by which a
// loop is told; answers gain none. (A server may treat requests with Via in its
// own way: nginx compresses nothing for them unless told so by gzip_proxied.)
// "Upgrade: h2c" is not passed on, since nothing could be recorded behind it.
// Trailers that follow content of an announced length, which only HTTP/2
// allows, reach the client but not the recording.
//
// Connections to servers are shared by all clients. What is done to a client's
// connection (Connection: close, HTTP/1.0) does not reach the server's.
//
// # What it is not for
//
// It does not sign certificates (package certs), choose or verify upstream
// connections (package proxy/upstream), answer admin calls (package
// proxy/admin), match requests (package expectations), or write recordings
// (package capture).
//
// # Design
//
// goproxy is the proxy: it takes CONNECT apart, runs the handler chain, and
// relays WebSockets. TLS inside tunnels is terminated by net/http instead of
// goproxy, since its own loop lets a panic end the process, never answers
// "Expect: 100-continue", loses bytes pipelined behind CONNECT, cannot serve
// HTTP/1.0 clients, resumes no session, does not cancel upstream calls when a
// client leaves, and is invisible to a graceful shutdown. Requests to pactape
// itself do not pass through goproxy: it has nothing to add to them, and they
// are the ones that are measured against a plain net/http server.
package proxy
