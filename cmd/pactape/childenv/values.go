package childenv

import (
	"bytes"
	_ "embed" // the script for Node
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed node_preload.cjs
var nodePreload []byte

const (
	nodePreloadName = "node_preload.cjs"
	phpDirName      = "php"
	phpIniName      = "pactape.ini"
)

// metadataHosts serve credentials and facts of a cloud machine to programs on
// it. They answer only to the machine itself, so they are never recorded.
func metadataHosts() []string {
	return []string{
		"169.254.169.254", // AWS, Azure, Google, DigitalOcean, OpenStack
		"169.254.170.2",   // AWS ECS tasks
		"169.254.170.23",  // AWS EKS pods
		"100.100.100.200", // Alibaba
		"metadata.google.internal",
	}
}

// values are what the rows of the table choose from.
type values struct {
	proxy, noProxy                       string
	ca, bundle                           string
	nodeOptions, javaOptions, phpScanDir string
}

// newValues computes the values and writes the helper files. lookup gives the
// user's own setting of a variable.
func newValues(o Options, lookup func(name string) string) (values, error) {
	v := values{
		proxy:   (&url.URL{Scheme: "http", User: o.ProxyURL.User, Host: o.ProxyURL.Host}).String(),
		noProxy: strings.Join(noProxy(o), ","),
		ca:      o.CAPath,
		bundle:  o.BundlePath,
	}
	if v.bundle == "" {
		v.bundle = o.CAPath
	}
	preload := filepath.Join(o.Dir, nodePreloadName)
	if err := writeHelper(preload, nodePreload); err != nil {
		return values{}, err
	}
	phpDir := filepath.Join(o.Dir, phpDirName)
	if err := writeHelper(filepath.Join(phpDir, phpIniName), phpIni(v.bundle)); err != nil {
		return values{}, err
	}
	v.nodeOptions = appendArgument(lookup("NODE_OPTIONS"), "--require "+nodeQuote(preload))
	v.javaOptions = appendArgument(lookup("JAVA_TOOL_OPTIONS"), javaOptions(o))
	v.phpScanDir = phpScanDir(lookup("PHP_INI_SCAN_DIR"), phpDir, o.GOOS)
	return v, nil
}

// noProxy are the hosts to reach directly: metadata services, the proxy
// itself (its admin API), and what the user names.
func noProxy(o Options) []string {
	hosts := append(metadataHosts(), o.ProxyURL.Host)
	for _, host := range o.NoProxy {
		if host = strings.TrimSpace(host); host != "" && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// appendArgument adds ours after what the user has, once.
func appendArgument(user, ours string) string {
	switch {
	case user == "":
		return ours
	case strings.HasSuffix(user, ours):
		return user
	default:
		return user + " " + ours
	}
}

// nodeQuote writes a path for NODE_OPTIONS, which splits at spaces outside
// double quotes and knows backslash escapes inside them.
func nodeQuote(path string) string {
	if !strings.ContainsAny(path, " \"") {
		return path
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(path) + `"`
}

// javaOptions are the system properties of Java's proxy selector and trust
// manager.
func javaOptions(o Options) string {
	properties := []string{
		"http.proxyHost=" + o.ProxyURL.Hostname(), "http.proxyPort=" + proxyPort(o.ProxyURL),
		"https.proxyHost=" + o.ProxyURL.Hostname(), "https.proxyPort=" + proxyPort(o.ProxyURL),
		"http.nonProxyHosts=" + strings.Join(nonProxyHosts(o), "|"),
	}
	if o.TrustStorePath != "" {
		properties = append(properties,
			"javax.net.ssl.trustStore="+o.TrustStorePath,
			"javax.net.ssl.trustStoreType=PKCS12",
			"javax.net.ssl.trustStorePassword="+o.TrustStorePassword)
	}
	for i, property := range properties {
		properties[i] = javaQuote("-D" + property)
	}
	return strings.Join(properties, " ")
}

func proxyPort(proxy *url.URL) string {
	if port := proxy.Port(); port != "" {
		return port
	}
	return "80"
}

// nonProxyHosts is NO_PROXY in Java's syntax: names and addresses with *, no
// ports or ranges. Java adds localhost to any list but the empty one
// (sun.net.spi.DefaultProxySelector), so capturing localhost takes an empty
// one, unless the user asks for hosts to be spared.
func nonProxyHosts(o Options) []string {
	if o.CaptureLocalhost && len(o.NoProxy) == 0 {
		return nil
	}
	var hosts []string
	for _, host := range noProxy(o) {
		if _, err := netip.ParsePrefix(host); err == nil || host == o.ProxyURL.Host {
			continue
		}
		if strings.HasPrefix(host, ".") {
			host = "*" + host
		}
		hosts = append(hosts, host)
	}
	return hosts
}

// javaQuote writes an option for JAVA_TOOL_OPTIONS, which splits at white
// space outside quotes of either kind and knows no escapes.
func javaQuote(option string) string {
	switch {
	case !strings.ContainsAny(option, " \t'\""):
		return option
	case !strings.Contains(option, `"`):
		return `"` + option + `"`
	default:
		return `'` + option + `'`
	}
}

// phpScanDir adds our directory to PHP's; an empty element stands for the one
// compiled in.
func phpScanDir(user, dir, goos string) string {
	separator := ":"
	if goos == "windows" {
		separator = ";"
	}
	if slices.Contains(strings.Split(user, separator), dir) {
		return user
	}
	return user + separator + dir
}

// phpIni has no escapes within double quotes but for the quote itself.
func phpIni(bundle string) []byte {
	quoted := `"` + strings.ReplaceAll(bundle, `"`, `\"`) + `"`
	return fmt.Appendf(nil, "; Written by pactape.\ncurl.cainfo=%s\nopenssl.cafile=%s\n", quoted, quoted)
}

// writeHelper writes a file unless it is there already, by renaming: several
// of us may do so at once, with children of others reading it.
func writeHelper(path string, data []byte) (err error) {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("child environment: %w", err)
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("child environment: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // the error at hand says more
			err = fmt.Errorf("child environment: %w", err)
		}
	}()
	if _, err = f.Write(data); err != nil {
		_ = f.Close() // the error at hand says more
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
