// Package brokertest is a small Pact Broker in memory, for tests of what
// speaks to one. It has the relations and the answers that clients rely upon:
// publishing both ways, contracts for verification with selectors, pending
// and work in progress, results, environments, and the matrix behind can-i-deploy. The
// official command line client works against it.
//
// # What it is not for
//
// It is no broker: it has neither storage nor webhooks nor pages for people,
// and only tests import it.
package brokertest
