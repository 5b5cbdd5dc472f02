// Command pactape records HTTP traffic as a forward proxy and turns it into
// contracts.
//
//	pactape run --out contracts --consumer web -- npm test
//
// records what the test run sends, and writes one Pact per upstream host.
// pactape serve is the same proxy as a long-running server with an admin API;
// publish, verify, can-i-deploy and their like speak to a Pact Broker; pactape help lists
// the other commands.
//
// This package only wires: every file named after a subcommand holds its
// flags and its steps, stack.go builds the proxy and what it needs, settings.go
// takes flags over environment over a config file, exit.go turns an error into
// an exit code. It is not for logic that another package could test without a
// command line.
//
// # Exit codes
//
// 0 fine; 1 the answer is no (a contract does not hold); 2 could not run. run
// returns the exit code of its child, 128+n for a signal n.
package main
