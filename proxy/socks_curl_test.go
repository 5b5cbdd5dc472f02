package proxy_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// curl runs curl and returns what it prints. The test is skipped where it is
// missing, and fails where PACTAPE_E2E is "require".
func curl(t *testing.T, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath("curl")
	if err != nil {
		if os.Getenv("PACTAPE_E2E") == "require" {
			t.Fatal("curl is missing, and PACTAPE_E2E=require")
		}
		t.Skip("curl is missing")
	}
	cmd := exec.CommandContext(t.Context(), path, append([]string{"-sS", "--insecure", "--max-time", "20"}, args...)...)
	cmd.Env = []string{"HOME=" + t.TempDir()} // no proxy of the environment
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestCurlSOCKS: what curl's several ways to use SOCKS come to.
func TestCurlSOCKS(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "seen "+r.URL.Path) }
	secure, plain := upstreamTLS(t, handler), upstreamFunc(t, handler)
	securePort, plainPort := secure.Listener.Addr().String()[len("127.0.0.1:"):], plain.Listener.Addr().String()[len("127.0.0.1:"):]
	byName := "https://api.localhost:" + securePort + "/x"
	for _, tt := range []struct {
		name string
		args []string // behind the proxy's address
		url  string
		want string // session and authority
	}{
		{"name", []string{"--socks5-hostname"}, byName, " api.localhost:" + securePort},
		{"name, HTTP/2", []string{"--http2", "--socks5-hostname"}, byName, " api.localhost:" + securePort},
		{"name that is resolved here, in TLS", []string{"--socks5"}, byName, " api.localhost:" + securePort},
		{"address", []string{"--socks5"}, "http://127.0.0.1:" + plainPort + "/x", " 127.0.0.1:" + plainPort},
		{"user", []string{"--proxy-user", "checkout:x", "--socks5-hostname"}, byName, "checkout api.localhost:" + securePort},
		{"SOCKS4a", []string{"--socks4a"}, byName, " api.localhost:" + securePort},
		{"SOCKS4", []string{"--socks4"}, "http://127.0.0.1:" + plainPort + "/x", " 127.0.0.1:" + plainPort},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, trusting(secure), func(c *config) { c.upstream.Insecure = true })
			args := append(append([]string{"--resolve", "api.localhost:" + securePort + ":127.0.0.1"}, tt.args...), r.addr, tt.url)
			out, err := curl(t, args...)
			if err != nil || out != "seen /x" {
				t.Fatalf("%v: %s", err, out)
			}
			ex := r.tape.only(t)
			if diff := cmp.Diff(tt.want, string(ex.Session)+" "+ex.Request.Authority); diff != "" {
				t.Errorf("recorded (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCurlHearsOfRefusals in the words it has for the reply codes.
func TestCurlHearsOfRefusals(t *testing.T) {
	t.Parallel()
	r := start(t, passthrough(t, "127.0.0.1"))
	out, err := curl(t, "--socks5-hostname", r.addr, "http://127.0.0.1:1/")
	if err == nil || !strings.Contains(out, "(5)") {
		t.Errorf("%v: %s", err, out)
	}
}
