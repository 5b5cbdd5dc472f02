package main

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/pactape/pactape/proxy/settings"
)

// mockServerNames are MockServer's settings that mean something here: the
// property in mockserver.properties, less "mockserver.", and the environment
// variable, less "MOCKSERVER_" (MockServer 7 ConfigurationProperties). The
// names of some variables do not follow from those of their properties.
var mockServerNames = [][2]string{
	{"serverPort", "SERVER_PORT"},
	{"localBoundIP", "LOCAL_BOUND_IP"},
	{"logLevel", "LOG_LEVEL"},
	{"attemptToProxyIfNoMatchingExpectation", "ATTEMPT_TO_PROXY_IF_NO_MATCHING_EXPECTATION"},
	{"maxExpectations", "MAX_EXPECTATIONS"},
	{"maxLogEntries", "MAX_LOG_ENTRIES"},
	{"maxEventLogSizeInBytes", "MAX_EVENT_LOG_SIZE_IN_BYTES"},
	{"metricsEnabled", "METRICS_ENABLED"},
	{"maxWebSocketExpectations", "MAX_WEB_SOCKET_EXPECTATIONS"},
	{"maxFutureTimeoutInMillis", "MAX_FUTURE_TIMEOUT_IN_MILLIS"},
	{"livenessHttpGetPath", "LIVENESS_HTTP_GET_PATH"},
	{"attachMismatchDiagnosticToResponse", "ATTACH_MISMATCH_DIAGNOSTIC_TO_RESPONSE"},
	{"detailedVerificationFailures", "DETAILED_VERIFICATION_FAILURES"},
	{"maximumNumberOfRequestToReturnInVerificationFailure", "MAXIMUM_NUMBER_OF_REQUESTS_TO_RETURN_IN_VERIFICATION_FAILURE"},
	{"initializationJsonPath", "INITIALIZATION_JSON_PATH"},
	{"watchInitializationJson", "WATCH_INITIALIZATION_JSON"},
	{"persistExpectations", "PERSIST_EXPECTATIONS"},
	{"persistedExpectationsPath", "PERSISTED_EXPECTATIONS_PATH"},
	{"persistRecordedExpectations", "PERSIST_RECORDED_EXPECTATIONS"},
	{"persistedRecordedExpectationsPath", "PERSISTED_RECORDED_EXPECTATIONS_PATH"},
	{"enableCORSForAPI", "ENABLE_CORS_FOR_API"},
	{"enableCORSForAllResponses", "ENABLE_CORS_FOR_ALL_RESPONSES"},
	{"corsAllowOrigin", "CORS_ALLOW_ORIGIN"},
	{"corsAllowMethods", "CORS_ALLOW_METHODS"},
	{"corsAllowHeaders", "CORS_ALLOW_HEADERS"},
	{"corsAllowCredentials", "CORS_ALLOW_CREDENTIALS"},
	{"corsMaxAgeInSeconds", "CORS_MAX_AGE_IN_SECONDS"},
	{"proxyAuthenticationUsername", "PROXY_AUTHENTICATION_USERNAME"},
	{"proxyAuthenticationPassword", "PROXY_AUTHENTICATION_PASSWORD"},
	{"proxyRemoteHost", "PROXY_REMOTE_HOST"},
	{"proxyRemotePort", "PROXY_REMOTE_PORT"},
	{"forwardHttpProxy", "FORWARD_HTTP_PROXY"},
	{"forwardHttpsProxy", "FORWARD_HTTPS_PROXY"},
	{"forwardSocksProxy", "FORWARD_SOCKS_PROXY"},
	{"forwardProxyAuthenticationUsername", "FORWARD_PROXY_AUTHENTICATION_USERNAME"},
	{"forwardProxyAuthenticationPassword", "FORWARD_PROXY_AUTHENTICATION_PASSWORD"},
	{"noProxyHosts", "NO_PROXY_HOSTS"},
	{"socketConnectionTimeoutInMillis", "SOCKET_CONNECTION_TIMEOUT_IN_MILLIS"},
	{"maxSocketTimeoutInMillis", "MAX_SOCKET_TIMEOUT_IN_MILLIS"},
	{"certificateAuthorityCertificate", "CERTIFICATE_AUTHORITY_X509_CERTIFICATE"},
	{"certificateAuthorityPrivateKey", "CERTIFICATE_AUTHORITY_PRIVATE_KEY"},
	{"forwardProxyTLSX509CertificatesTrustManagerType", "FORWARD_PROXY_TLS_X509_CERTIFICATES_TRUST_MANAGER_TYPE"},
	{"forwardProxyTLSCustomTrustX509Certificates", "FORWARD_PROXY_TLS_CUSTOM_TRUST_X509_CERTIFICATES"},
	{"forwardProxyPrivateKey", "FORWARD_PROXY_TLS_PRIVATE_KEY"},
	{"forwardProxyCertificateChain", "FORWARD_PROXY_TLS_X509_CERTIFICATE_CHAIN"},
}

// A mockServerFlag is a flag of serve, and what it is by MockServer's
// settings: nil where they do not say.
type mockServerFlag struct {
	flag string
	from func(mockServerSettings) ([]string, error)
}

// mockServerFlags is a table, one row a flag.
var mockServerFlags = []mockServerFlag{
	{"listen", mockServerListen},
	{"log-level", mockServerLogLevel},
	{"mode", func(s mockServerSettings) ([]string, error) {
		return s.choice("attemptToProxyIfNoMatchingExpectation", "SPY", "SIMULATE")
	}},
	{"max-expectations", same("maxExpectations")},
	{"max-log-bytes", same("maxEventLogSizeInBytes")},
	{"mockserver-metrics", same("metricsEnabled")},
	{"callback-clients", same("maxWebSocketExpectations")},
	{"callback-timeout", millis("maxFutureTimeoutInMillis")},
	{"initialization-json", same("initializationJsonPath")},
	{"watch-initialization-json", same("watchInitializationJson")},
	{"persist-expectations", persisted("persistExpectations", "persistedExpectationsPath", "persistedExpectations.json")},
	{"persist-recorded", persisted("persistRecordedExpectations", "persistedRecordedExpectationsPath", "persistedRecordedExpectations.json")},
	{"proxy-password", same("proxyAuthenticationPassword")},
	{"upstream", mockServerRemote},
	{"upstream-proxy", mockServerUpstreamProxy},
	{"upstream-no-proxy", func(s mockServerSettings) ([]string, error) { return splitList(s["noProxyHosts"]), nil }},
	{"upstream-dial-timeout", millis("socketConnectionTimeoutInMillis")},
	{"upstream-timeout", millis("maxSocketTimeoutInMillis")},
	{"ca-cert", same("certificateAuthorityCertificate")},
	{"ca-key", same("certificateAuthorityPrivateKey")},
	{"upstream-insecure", func(s mockServerSettings) ([]string, error) {
		return s.oneOf("forwardProxyTLSX509CertificatesTrustManagerType", map[string]string{"ANY": "true", "JVM": "false", "CUSTOM": "false"})
	}},
	{"upstream-ca", same("forwardProxyTLSCustomTrustX509Certificates")},
	{"upstream-key", same("forwardProxyPrivateKey")},
	{"upstream-cert", same("forwardProxyCertificateChain")},
}

// mockServerLive are the settings that may change while the server runs, and
// have no flag of their own.
var mockServerLive = []struct {
	name string
	set  func(*settings.Values, string) error
}{
	{"maxLogEntries", liveInt(func(v *settings.Values) *int { return &v.MaxLogEntries })},
	{"metricsEnabled", liveBool(func(v *settings.Values) *bool { return &v.MetricsEnabled })},
	{"livenessHttpGetPath", liveText(func(v *settings.Values) *string { return &v.LivenessPath })},
	{"attachMismatchDiagnosticToResponse", liveBool(func(v *settings.Values) *bool { return &v.AttachMismatchDiagnostic })},
	{"detailedVerificationFailures", liveBool(func(v *settings.Values) *bool { return &v.DetailedVerificationFailures })},
	{"maximumNumberOfRequestToReturnInVerificationFailure", liveInt(func(v *settings.Values) *int { return &v.MaxReturned })},
	{"enableCORSForAPI", liveBool(func(v *settings.Values) *bool { return &v.CORS.API })},
	{"enableCORSForAllResponses", liveBool(func(v *settings.Values) *bool { return &v.CORS.AllResponses })},
	{"corsAllowOrigin", liveText(func(v *settings.Values) *string { return &v.CORS.Origin })},
	{"corsAllowMethods", liveText(func(v *settings.Values) *string { return &v.CORS.Methods })},
	{"corsAllowHeaders", liveText(func(v *settings.Values) *string { return &v.CORS.Headers })},
	{"corsAllowCredentials", liveBool(func(v *settings.Values) *bool { return &v.CORS.Credentials })},
	{"corsMaxAgeInSeconds", liveInt(func(v *settings.Values) *int { return &v.CORS.MaxAge })},
}

// mockServerSettings are those that were given, by property.
type mockServerSettings map[string]string

// same is a flag that takes a setting as it is.
func same(name string) func(mockServerSettings) ([]string, error) {
	return func(s mockServerSettings) ([]string, error) {
		if value := s[name]; value != "" {
			return []string{value}, nil
		}
		return nil, nil
	}
}

// millis is a flag for a time that the setting gives in milliseconds.
func millis(name string) func(mockServerSettings) ([]string, error) {
	return func(s mockServerSettings) ([]string, error) {
		if s[name] == "" {
			return nil, nil
		}
		if n, err := strconv.ParseUint(s[name], 10, 32); err != nil || n == 0 {
			return nil, fmt.Errorf("%s: a number of milliseconds is wanted, not %q", name, s[name])
		}
		return []string{s[name] + "ms"}, nil
	}
}

// persisted is a flag that names a file, if a setting switches it on.
func persisted(on, path, file string) func(mockServerSettings) ([]string, error) {
	return func(s mockServerSettings) ([]string, error) {
		return s.choice(on, cmp.Or(s[path], file), "")
	}
}

// choice is one of two values, by a setting that is true or false.
func (s mockServerSettings) choice(name, yes, no string) ([]string, error) {
	return s.oneOf(name, map[string]string{"TRUE": yes, "FALSE": no})
}

// oneOf is a value by a setting that is one of some words.
func (s mockServerSettings) oneOf(name string, words map[string]string) ([]string, error) {
	if s[name] == "" {
		return nil, nil
	}
	value, ok := words[strings.ToUpper(s[name])]
	if !ok {
		return nil, fmt.Errorf("%s: %q is none of its values", name, s[name])
	}
	return []string{value}, nil
}

// mockServerListen is the address to listen on: of several ports the first.
func mockServerListen(s mockServerSettings) ([]string, error) {
	host, port, err := net.SplitHostPort(defaultListen)
	if err != nil || s["serverPort"] == "" && s["localBoundIP"] == "" {
		return nil, err
	}
	if ports := splitList(s["serverPort"]); len(ports) > 0 {
		port = ports[0]
	}
	if s["localBoundIP"] != "" {
		host = s["localBoundIP"]
	}
	return []string{net.JoinHostPort(host, port)}, nil
}

// furtherPorts are those besides the first.
func (s mockServerSettings) furtherPorts() ([]int, error) {
	var ports []int
	for i, text := range splitList(s["serverPort"]) {
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil {
			return nil, fmt.Errorf("serverPort: %q is no port", text)
		}
		if i > 0 {
			ports = append(ports, int(port))
		}
	}
	return ports, nil
}

func mockServerLogLevel(s mockServerSettings) ([]string, error) {
	return s.oneOf("logLevel", map[string]string{
		"TRACE": "debug", "DEBUG": "debug", "INFO": "info", "WARN": "warn", "WARNING": "warn", "ERROR": "error", "OFF": "error", "NONE": "error",
		// java.util.logging's, which MockServer takes too.
		"FINEST": "debug", "FINE": "debug", "SEVERE": "error",
	})
}

// mockServerRemote is where direct requests go.
func mockServerRemote(s mockServerSettings) ([]string, error) {
	host, port := cmp.Or(s["proxyRemoteHost"], "localhost"), s["proxyRemotePort"]
	switch {
	case s["proxyRemoteHost"] == "" && port == "":
		return nil, nil
	case port == "":
		return nil, errors.New("proxyRemoteHost wants a proxyRemotePort beside it, without which MockServer ignores it")
	case port == "443":
		return []string{"https://" + host}, nil
	}
	return []string{"http://" + net.JoinHostPort(host, port)}, nil
}

// mockServerUpstreamProxy is the proxy that upstreams are reached through.
// There is one for all: two that differ are refused.
func mockServerUpstreamProxy(s mockServerSettings) ([]string, error) {
	var found []string
	for _, kind := range [][2]string{{"forwardHttpProxy", "http"}, {"forwardHttpsProxy", "http"}, {"forwardSocksProxy", "socks5"}} {
		if address := s[kind[0]]; address != "" {
			u := url.URL{Scheme: kind[1], Host: address}
			if user := s["forwardProxyAuthenticationUsername"]; user != "" {
				u.User = url.UserPassword(user, s["forwardProxyAuthenticationPassword"])
			}
			found = append(found, u.String())
		}
	}
	for _, other := range found {
		if other != found[0] {
			return nil, errors.New("forwardHttpProxy, forwardHttpsProxy and forwardSocksProxy differ: one proxy for all is wanted")
		}
	}
	return found[:min(1, len(found))], nil
}

func liveText(of func(*settings.Values) *string) func(*settings.Values, string) error {
	return func(v *settings.Values, text string) error {
		*of(v) = text
		return nil
	}
}

func liveBool(of func(*settings.Values) *bool) func(*settings.Values, string) error {
	return func(v *settings.Values, text string) error {
		switch strings.ToLower(text) {
		case "true", "false":
			*of(v) = strings.EqualFold(text, "true")
			return nil
		}
		return fmt.Errorf("true or false is wanted, not %q", text)
	}
}

func liveInt(of func(*settings.Values) *int) func(*settings.Values, string) error {
	return func(v *settings.Values, text string) error {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return fmt.Errorf("a whole number is wanted, not %q", text)
		}
		*of(v) = int(n)
		return nil
	}
}
