// Package childenv says what a child process needs in its environment to send
// its HTTP traffic through pactape and to trust pactape's certificates: which
// variables, for which runtime, with which value.
//
// Everything is a row of one table: the variable's name, what it does (see
// [Kind]), who reads it and where that is documented. [New] fills the table
// for one proxy and one certificate authority; the result is a child's whole
// environment ([Environment.Environ]) or text for a shell's eval
// ([Environment.Print]).
//
// # Trust
//
// Some variables add roots to those that a runtime has, others replace them.
// The first kind gets our CA alone, the second a bundle of the system's roots
// and ours, so that hosts which are not intercepted stay reachable.
//
// # Node
//
// Node from 22.21 and 24.5 on reads the proxy variables where
// NODE_USE_ENV_PROXY is set, for fetch and its global agents. Older ones do
// not, and no version does for an agent that a program makes itself. So a small
// script is preloaded through NODE_OPTIONS that does it for http, https and
// fetch. It changes how connections are made, not what is sent; what makes its
// own connections (proxy agents, the ws package) is left alone.
//
// # Localhost
//
// NO_PROXY does not mention localhost, so each runtime does what it does by
// default: curl, Node and Python ask the proxy, Java can be told to, and Go
// never does. Naming it there would take every name below it away from the
// proxy in curl, Go and Python, and api.localhost is what an API on this
// machine is best called.
//
// # What it is not for
//
// It starts no process, sets no variable of its own process and makes no
// certificate. GOPROXY is never set: it is no HTTP proxy.
package childenv
