package main_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// TestE2EMemory downloads 1 GB through pactape serve, recording, and looks at
// the most memory that the process ever had: it does not grow with the body.
func TestE2EMemory(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it downloads 1 GB")
	}
	if runtime.GOOS != "linux" {
		t.Skip("the memory of a process is read from /proc")
	}
	chunk := make([]byte, 1<<20)
	for i := range chunk {
		chunk[i] = byte(i * i >> 7)
	}
	// Plain HTTP, since TLS under the race detector would be what takes time.
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.URL.Query().Get("mb"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		for range n {
			if _, err := w.Write(chunk); err != nil {
				return // the test is over
			}
		}
	}))
	t.Cleanup(upstream.Close)
	s := newHome(t).serve(t, "--mode", "CAPTURE", "--map", "big.example.test="+upstream.URL)
	transport := &http.Transport{
		Proxy: http.ProxyURL(s.proxy("")), TLSClientConfig: &tls.Config{RootCAs: rootsOf(t, s.path("home", "ca.pem"))},
	}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	download := func(megabytes int) {
		resp, err := client.Get(fmt.Sprintf("https://big.example.test/download?mb=%d", megabytes))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if n, err := io.Copy(io.Discard, resp.Body); err != nil || n != int64(megabytes)<<20 {
			t.Fatalf("got %d bytes of %d MB: %v", n, megabytes, err)
		}
	}
	download(64) // what a recorded body may take at most is taken now
	before := peakMemory(t, s.cmd.Process.Pid)
	download(1024)
	after := peakMemory(t, s.cmd.Process.Pid)
	t.Logf("peak memory: %d MB after 64 MB, %d MB after 1 GB more", before>>20, after>>20)
	// The request log keeps the recorded 10 MB of each.
	if grown := after - before; grown > 64<<20 || after > 160<<20 {
		t.Errorf("peak memory went from %d MB to %d MB", before>>20, after>>20)
	}
	s.wantMetric(t, "pactape_exchanges_truncated_total", 2)
}

// TestE2ELogMemory answers tens of thousands of requests from an expectation
// and looks at the memory of the process: what the request log may not hold is
// evicted and counted, and the newest request is there as soon as it has been
// answered.
func TestE2ELogMemory(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it sends 25 000 requests")
	}
	if runtime.GOOS != "linux" {
		t.Skip("the memory of a process is read from /proc")
	}
	s := newHome(t).serve(t, "--max-log-bytes", "4MB")
	s.put(t, http.StatusCreated, "expectation", `{"httpRequest":{"path":"/stub/.*"},"httpResponse":{"statusCode":204}}`)
	body := strings.Repeat("x", 2<<10)
	flood := func(n int) {
		var clients sync.WaitGroup
		for c := range 4 {
			clients.Go(func() {
				client := &http.Client{Transport: &http.Transport{}}
				defer client.CloseIdleConnections()
				for i := range n / 4 {
					got, err := send(t.Context(), client, http.MethodPut, fmt.Sprintf("http://%s/stub/%d-%d", s.addr, c, i), body)
					if err != nil || got.status != http.StatusNoContent {
						t.Errorf("request %d: %d, %v", i, got.status, err)
						return
					}
				}
			})
		}
		clients.Wait()
	}
	flood(5_000) // fills the log several times over
	before := peakMemory(t, s.cmd.Process.Pid)
	flood(20_000)
	after := peakMemory(t, s.cmd.Process.Pid)
	t.Logf("peak memory: %d MB after 5000 requests, %d MB after 20 000 more", before>>20, after>>20)
	if grown := after - before; grown > 24<<20 || after > 120<<20 {
		t.Errorf("peak memory went from %d MB to %d MB", before>>20, after>>20)
	}
	if evicted := s.metric(t, "pactape_request_log_evictions_total"); evicted < 20_000 || evicted >= 25_000 {
		t.Errorf("%v evictions are counted", evicted)
	}
	s.call(t, http.MethodGet, "/stub/newest", "")
	s.put(t, http.StatusAccepted, "verify", `{"httpRequest":{"path":"/stub/newest"},"times":{"atLeast":1,"atMost":1}}`)
}

// peakMemory is the most resident memory that a process has had, in bytes.
func peakMemory(t *testing.T, pid int) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(status)
	if found == nil {
		t.Fatalf("no VmHWM in:\n%s", status)
	}
	kb, err := strconv.ParseInt(string(found[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kb << 10
}
