package childenv

import (
	"fmt"
	"strings"
)

// warnings are what the user should know about the environment.
func warnings(o Options, e *Environment) []string {
	var list []string
	warn := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if o.BundlePath == "" {
		warn("the system's certificates cannot be read here: most programs will trust pactape's CA alone, " +
			"and refuse hosts that are passed through")
	}
	if o.TrustStorePath == "" {
		warn("there is no trust store for Java: Java programs will refuse intercepted connections")
	}
	if o.GOOS == "darwin" || o.GOOS == "windows" {
		warn("Go and .NET programs read the system's trust store alone on this platform: add %s to it to record them", o.CAPath)
	}
	if o.ProxyURL.User.Username() != "" {
		warn("Java programs send neither user name nor password to a proxy: their traffic is not in the session %q, and a proxy that demands a password refuses them", o.ProxyURL.User.Username())
	}
	if o.CaptureLocalhost {
		warn("Go programs never send localhost or a loopback address through a proxy: call it by a name like api.localhost")
		warn("Chrome does so only with --proxy-bypass-list=%q", "<-loopback>")
		if len(o.NoProxy) > 0 {
			warn("Java programs reach localhost directly: Java can spare hosts or capture localhost, not both")
		}
	}
	if names := replacedTrust(e); len(names) > 0 {
		warn("%s replaced for the child: the certificates named there are not trusted for hosts that are passed through",
			strings.Join(names, ", "))
	}
	return list
}

// replacedTrust names the user's own trust settings that ours take the place
// of. What SSL_CERT_FILE names counts as the system's roots and is part of the
// bundle, so settings that name the same file lose nothing.
func replacedTrust(e *Environment) []string {
	system := e.lookup("SSL_CERT_FILE")
	var names []string
	for _, v := range e.variables {
		if v.Kind != TrustAdd && v.Kind != TrustReplace {
			continue
		}
		if old := e.lookup(v.Name); old != "" && old != v.Value && old != system {
			names = append(names, v.Name)
		}
	}
	return names
}
