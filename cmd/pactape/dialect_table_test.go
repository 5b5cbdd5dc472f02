package main

import (
	"cmp"
	"slices"
	"strings"
)

// An officialOption is one of another Pact tool: what it is called there, and
// what means the same in pactape's own words. An option without ours is left
// out on purpose; refusal is in the sentence that says so.
type officialOption struct {
	official, ours string
	refusal        string
}

// officialOptions are those of a command of ours, by the tool that has them.
// Every option that a tool's help shows is here; a native test sees to it.
func officialOptions() map[string][]officialOption {
	return map[string][]officialOption{
		"verify":       append(verifierOptions(), rubyVerifierOptions()...),
		"publish":      append(publishOptions(), brokerOptions("-a 1")...),
		"can-i-deploy": append(canIDeployOptions(), brokerOptions("-a web")...),
		"can-i-merge":  append(canIMergeOptions(), brokerOptions("-a web")...),

		"record-deployment":    append(recordOptions("-e", "--version", "--application-instance", "--target"), brokerOptions("-a web")...),
		"record-undeployment":  append(recordOptions("--application-instance"), brokerOptions("-a web")...),
		"record-release":       append(recordOptions("-e", "--version"), brokerOptions("-a web")...),
		"record-support-ended": append(recordOptions("-e", "--version"), brokerOptions("-a web")...),
	}
}

const noTelemetry = "sends no telemetry"

// verifierOptions are those of pact-verifier, the one in Rust.
func verifierOptions() []officialOption {
	return []officialOption{
		{official: "--loglevel debug", ours: "--log-level debug"},
		{official: "-l none", ours: "--log-level none"},
		{official: "--log-level trace", ours: "--log-level trace"},
		{official: "--pretty-log", ours: "--pretty-log"},
		{official: "--full-log", ours: "--full-log"},
		{official: "--compact-log", ours: "--compact-log"},
		{official: "--json none.json", ours: "--json-file none.json"},
		{official: "-j r.json", ours: "--json-file r.json"},
		{official: "--junit r.xml", ours: "--junit=r.xml"},
		{official: "-x r.xml", ours: "--junit=r.xml"},
		{official: "--html r.html", ours: "--html=r.html"},
		{official: "--no-colour", ours: "--no-color"},
		{official: "--no-color", ours: "--no-color=true"},
		{official: "--file a.json --file b.json", ours: "--pact a.json --pact b.json"},
		{official: "-f a.json", ours: "--pact a.json"},
		{official: "--dir contracts", ours: "--pact contracts"},
		{official: "-d contracts", ours: "--pact contracts"},
		{official: "--url http://h/p", ours: "--pact http://h/p"},
		{official: "-u http://h/p", ours: "--pact http://h/p"},
		{official: "--broker-url http://b", ours: "-b=http://b"},
		{official: "-b http://b", ours: "--broker-url http://b"},
		{official: "--webhook-callback-url http://b/p", ours: "--pact http://b/p"},
		{official: "--ignore-no-pacts-error", ours: "--ignore-no-pacts-error=true"},
		{official: "--user u", ours: "--broker-username u"},
		{official: "--password p", ours: "--broker-password p"},
		{official: "--token t", ours: "--broker-token t"},
		{official: "-t t", ours: "--broker-token t"},
		{official: "--hostname h", ours: "--provider-url http://h"},
		{official: "-h h", ours: "--provider-url http://h"},
		{official: "--port 81", ours: "--provider-url http://localhost:81"},
		{official: "-p 81 -h ::1", ours: "--provider-url http://[::1]:81"},
		{official: "--transport https -h h", ours: "--provider-url https://h"},
		{official: "--transports admin:8081/p", ours: "--provider-url http://localhost --transports admin:8081/p"},
		{official: "--provider-name n", ours: "--provider n"},
		{official: "-n n", ours: "--provider n"},
		{official: "--base-path /a/b -h h", ours: "--provider-url http://h/a/b"},
		{official: "--request-timeout 1500", ours: "--timeout 1500ms"},
		{official: "--header A=b", ours: "--header A=b"},
		{official: "-H A=b -H C=d", ours: "--header A=b --header C=d"},
		{official: "--disable-ssl-verification", ours: "--upstream-insecure"},
		{official: "--state-change-url http://s", ours: "--state-url http://s"},
		{official: "-s http://s", ours: "--state-url http://s"},
		{official: "--state-change-as-query", ours: "--state-as-query"},
		{official: "--state-change-teardown", ours: "--state-teardown"},
		{official: "--filter-description x", ours: "--filter-description=x"},
		{official: "--filter-state x", ours: "--filter-state=x"},
		{official: "--filter-no-state", ours: "--filter-no-state=true"},
		{official: "--filter-consumer x", ours: "-c x"},
		{official: "-c x -c y", ours: "--filter-consumer x --filter-consumer y"},
		{official: "--publish", ours: "--publish-results"},
		{official: "--provider-version 1", ours: "-a 1"},
		{official: "--build-url http://ci", ours: "--build-url=http://ci"},
		{official: "--provider-tags a,b", ours: "--provider-tag a --provider-tag b"},
		{official: "--provider-branch main", ours: "--provider-branch=main"},
		{official: "--consumer-version-tags a,b", ours: "--consumer-version-tag a --consumer-version-tag b"},
		{official: `--consumer-version-selectors {"latest":true}`, ours: `--consumer-version-selector {"latest":true}`},
		{official: "--enable-pending", ours: "--enable-pending=true"},
		{official: "--include-wip-pacts-since 2026-01-01", ours: "--include-wip-since 2026-01-01"},
		{official: "--retries 2", ours: "--broker-retries 2"},
		{official: "--exit-on-first-error", ours: "--exit-on-first-error=true"},
		{official: "--last-failed", ours: "--last-failed=true"},
		{official: "--xslt x.xsl", refusal: "makes its page without XSLT"},
		{official: "--enable-otel", refusal: noTelemetry},
		{official: "--enable-otel-logs", refusal: noTelemetry},
		{official: "--enable-otel-traces", refusal: noTelemetry},
		{official: "--otel-exporter x", refusal: noTelemetry},
		{official: "--otel-exporter-endpoint x", refusal: noTelemetry},
		{official: "--otel-exporter-protocol x", refusal: noTelemetry},
	}
}

// rubyVerifierOptions are those of pact-provider-verifier, the one in Ruby,
// version 1.38. Its -n and -p are other options of the one in Rust, which has
// them here.
func rubyVerifierOptions() []officialOption {
	return []officialOption{
		{official: "-h http://h:8080", ours: "--provider-url http://h:8080"},
		{official: "--provider-base-url=http://h", ours: "--provider-url http://h"},
		{official: "-c http://h/states", ours: "--state-url http://h/states"},
		{official: "--provider-states-setup-url=http://h/s", ours: "--state-url http://h/s"},
		{official: "--pact-broker-base-url=http://b", ours: "--broker-url http://b"},
		{official: "--broker-username=u", ours: "--user u"},
		{official: "--broker-password=p", ours: "--password p"},
		{official: "-k t", ours: "--broker-token t"},
		{official: "--broker-token=t", ours: "--broker-token t"},
		{official: "--provider=n", ours: "-n n"},
		{official: "--consumer-version-tag=a", ours: "--consumer-version-tag a"},
		{official: `--consumer-version-selector={"latest":true}`, ours: `--consumer-version-selector {"latest":true}`},
		{official: "--include-wip-pacts-since=2026-01-01", ours: "--include-wip-since 2026-01-01"},
		{official: "--provider-version-tag=a", ours: "--provider-tag a"},
		{official: "--provider-version-branch=b", ours: "--provider-branch b"},
		{official: "-g", ours: "--tag-with-git-branch"},
		{official: "--tag-with-git-branch", ours: "-g"},
		{official: "-g --no-tag-with-git-branch -r", ours: "-r"},
		{official: "-a 1", ours: "--provider-version 1"},
		{official: "--provider-app-version=1", ours: "--provider-version 1"},
		{official: "-r", ours: "--publish-results"},
		{official: "--publish-verification-results=true", ours: "--publish-results"},
		{official: "--publish-verification-results true", ours: "--publish-results"},
		{official: "-r --no-publish-verification-results -g", ours: "-g"},
		{official: "-r --skip-publish-verification-results -g", ours: "-g"},
		{official: "--enable-pending true", ours: "--enable-pending"},
		{official: "--enable-pending --no-enable-pending -g", ours: "-g"},
		{official: "--custom-provider-header=A:b", ours: "--header A:b"},
		{official: "--verbose=true", ours: "--verbose"},
		{official: "-g -v", ours: "-g --verbose"},
		{official: "-v true", ours: "--verbose"},
		{official: "-v=true", ours: "--verbose"},
		{official: "--format=json", ours: "--json"},
		{official: "-f json", ours: "--json"},
		{official: "-f json -o r.json", ours: "--json-file r.json"},
		{official: "-f RspecJunitFormatter --out r.xml", ours: "--junit r.xml"},
		{official: "--wait=5", ours: "--wait 5"},
		{official: "--no-fail-if-no-pacts-found", ours: "--fail-if-no-pacts=false"},
		{official: "--skip-fail-if-no-pacts-found", ours: "--fail-if-no-pacts=false"},
		{official: "--fail-if-no-pacts=false --fail-if-no-pacts-found -g", ours: "-g"},
		{official: "--custom-middleware x.rb", refusal: "Ruby code"},
		{official: "--log-dir log", refusal: "standard error"},
	}
}

// publishOptions are those of pact-broker publish, in Rust and in Ruby.
func publishOptions() []officialOption {
	return []officialOption{
		{official: "-a 1", ours: "--consumer-app-version 1"},
		{official: "--consumer-app-version 1", ours: "-a 1"},
		{official: "--branch b", ours: "--branch=b"},
		{official: "-h b", ours: "--branch b"},
		{official: "-r=false -r -a 1", ours: "-a 1"},
		{official: "-r=false --auto-detect-version-properties -a 1", ours: "-a 1"},
		{official: "--no-auto-detect-version-properties", ours: "-r=false"},
		{official: "--skip-auto-detect-version-properties", ours: "-r=false"},
		{official: "-t a,b", ours: "--tag a --tag b"},
		{official: "--tag a --tag b", ours: "-t a -t b"},
		{official: "-g", ours: "--tag-with-git-branch"},
		{official: "--tag-with-git-branch", ours: "-g"},
		{official: "--build-url http://ci", ours: "--build-url=http://ci"},
		{official: "--merge", ours: "--merge=true"},
		{official: "--merge --no-merge -a 1", ours: "-a 1"},
		{official: "-o json", ours: "--json"},
		{official: "--output json", ours: "--json"},
		{official: "--validate", ours: "--validate=true"},
		{official: "--validate --strict", ours: "--validate --strict=true"},
	}
}

// canIDeployOptions are those of pact-broker can-i-deploy, in Rust and in Ruby.
func canIDeployOptions() []officialOption {
	return []officialOption{
		{official: "-a web -e 1", ours: "--pacticipant web --version 1"},
		{official: "--pacticipant web --version 1", ours: "-a web -e 1"},
		{official: "-a web -l", ours: "-a web --latest"},
		{official: "-a web -l dev", ours: "-a web --latest=dev"},
		{official: "-a web --latest dev", ours: "-a web --latest=dev"},
		{official: "-a web --tag t", ours: "-a web --tag=t"},
		{official: "-a web --branch b", ours: "-a web --branch=b"},
		{official: "-a web --main-branch", ours: "-a web --main-branch=true"},
		{official: "-a web --main-branch --no-main-branch true", ours: "-a web"},
		{official: "-a web --main-branch --skip-main-branch", ours: "-a web"},
		{official: "-a web -e 1 --ignore a --version 2 --ignore b", ours: "-a web -e 1 --ignore a=2 --ignore b"},
		{official: "-a web --to-environment e", ours: "-a web --to-environment=e"},
		{official: "-a web --to t", ours: "-a web --to=t"},
		{official: "-a web -o json", ours: "-a web --json"},
		{official: "-a web --output json", ours: "-a web --json"},
		{official: "-a web --retry-while-unknown 3", ours: "-a web --retry-while-unknown=3"},
		{official: "-a web --retry-interval 5", ours: "-a web --retry-interval=5"},
		{official: "-a web --dry-run", ours: "-a web --dry-run=true"},
		{official: "-a web --dry-run --no-dry-run", ours: "-a web"},
	}
}

// canIMergeOptions are those of pact-broker can-i-merge.
func canIMergeOptions() []officialOption {
	return slices.DeleteFunc(canIDeployOptions(), func(o officialOption) bool {
		return strings.Contains(o.official, "--to")
	})
}

// recordOptions are those of the commands of pact-broker that record something,
// with some that not all of them have.
func recordOptions(some ...string) []officialOption {
	same := map[string]string{"-e": "--version", "--target": "--application-instance"}
	options := []officialOption{
		{official: "-a web", ours: "--pacticipant web"},
		{official: "--pacticipant web", ours: "-a web"},
		{official: "--environment e", ours: "--environment=e"},
		{official: "-o json", ours: "--json"},
		{official: "--output json", ours: "--json"},
	}
	for _, name := range some {
		options = append(options, officialOption{official: name + " x", ours: cmp.Or(same[name], name) + "=x"})
	}
	return options
}

// brokerOptions are those that all commands of pact-broker have, added to an
// argument that the command needs.
func brokerOptions(needed string) []officialOption {
	options := []officialOption{
		{official: "-b http://b", ours: "--broker-url http://b"},
		{official: "--broker-base-url http://b", ours: "--broker-url http://b"},
		{official: "-u u", ours: "--broker-username u"},
		{official: "--broker-username u", ours: "-u u"},
		{official: "-p p", ours: "--broker-password p"},
		{official: "--broker-password p", ours: "-p p"},
		{official: "-k t", ours: "--broker-token t"},
		{official: "--broker-token t", ours: "-k t"},
		{official: "--custom-header A:b", ours: "--broker-header A:b"},
		{official: "--retries 2", ours: "--broker-retries 2"},
		{official: "--log-level info", ours: "--log-level=info"},
		{official: "-c ca.pem", ours: "--upstream-ca ca.pem"},
		{official: "--ssl-certificate ca.pem", ours: "--upstream-ca ca.pem"},
		{official: "--skip-ssl-verification", ours: "--upstream-insecure"},
		{official: "-c ca.pem --ssl-trust-store false", ours: "--upstream-ca ca.pem --ssl-trust-store=false"},
		{official: "-v", ours: "--verbose"},
		{official: "-v --no-verbose -b http://b", ours: "-b http://b"},
		{official: "--enable-otel", refusal: noTelemetry},
		{official: "--enable-otel-logs", refusal: noTelemetry},
		{official: "--enable-otel-traces", refusal: noTelemetry},
		{official: "--otel-exporter x", refusal: noTelemetry},
		{official: "--otel-exporter-endpoint x", refusal: noTelemetry},
		{official: "--otel-exporter-protocol x", refusal: noTelemetry},
	}
	for i := range options {
		options[i].official = needed + " " + options[i].official
		options[i].ours = needed + " " + options[i].ours
	}
	return options
}
