// Package upstream sends requests to origin servers: directly, through another
// proxy, or to the address that a name was mapped to.
//
// A [Transport] is an [net/http.RoundTripper] for HTTP/1.1 and HTTP/2 that
// leaves messages as they are (nothing is decompressed, no header is added) and
// verifies certificates unless it is told not to. It reads no environment
// variables: this process may well run with itself as HTTP_PROXY.
//
// # Where a request goes
//
// The address of a request is, in this order:
//
//  1. What [Options.Map] says for its host. Only the address and the scheme
//     change; the Host header stays. The certificate is checked for the name
//     in the mapped URL where that is an https URL with a name, and for the
//     original host where the URL has an IP address or the entry has no
//     scheme. Mappings do not chain.
//  2. For localhost and every name below it, 127.0.0.1 and then ::1 (RFC 6761
//     §6.3). Names below localhost never go through a proxy, which would
//     take them for itself.
//  3. What the resolver says.
//
// Through [Options.Proxy] go all requests that [Options.NoProxy] does not
// exclude; the mapped address is what counts. There is no exception for
// loopback addresses but the one above. Plain HTTP is sent to the proxy with
// the absolute URL (RFC 9112 §3.2.2); everything else (TLS, upgrades, HTTP/2
// without TLS, hosts whose Host header names somebody else) goes through a
// tunnel made by CONNECT. A proxy that speaks SOCKS5 makes a tunnel for each
// connection, and is given names to resolve.
//
// # What it is not for
//
// It does not strip hop-by-hop headers, record, retry by policy or decide what
// is forwarded: that is package proxy. [Classify] says why a request failed;
// which status the client gets is package proxy's to decide.
package upstream
