package capture_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pactape/pactape/capture"
)

// killedDir, in the environment, makes the test binary the process that
// TestKill kills: it records into the directory that the variable names.
const killedDir = "PACTAPE_TEST_KILLED_DIR"

// numberedExchange is an exchange whose body follows from its number; every
// eighth is large enough to be put aside.
func numberedExchange(round, n int) *capture.Exchange {
	body := fmt.Sprintf("body %d/%d ", round, n)
	repeat := 20
	if n%8 == 0 {
		repeat = 4000
	}
	ex := get(fmt.Sprintf("/%d/%d", round, n), strings.Repeat(body, repeat))
	ex.Request.Header.Set("Authorization", "Bearer secret")
	return ex
}

// TestKilledProcess is not a test: it is what TestKill runs and kills. It
// prints the number of each exchange that has been acknowledged.
func TestKilledProcess(t *testing.T) {
	dir := os.Getenv(killedDir)
	if dir == "" {
		t.Skip("only as a child of TestKill")
	}
	dir, round, _ := strings.Cut(dir, "#")
	r, err := strconv.Atoi(round)
	if err != nil {
		t.Fatal(err)
	}
	tp := openTape(t, capture.Options{Dir: dir, Redactor: redactor(t), SegmentBytes: 1 << 20}).run(t)
	tp.session(t, "")
	var wg sync.WaitGroup
	const writers = 4
	for g := range writers {
		wg.Go(func() {
			for n := g; ; n += writers {
				tp.Record(numberedExchange(r, n))
				if err := tp.Flush(t.Context()); err != nil {
					t.Error(err)
					return
				}
				// One write each, so that the numbers do not mix.
				if _, err := fmt.Fprintf(os.Stdout, "acknowledged %d\n", n); err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestKill kills a recording process without warning, several times over the
// same recording, and looks for every exchange that was acknowledged.
func TestKill(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("runs child processes")
	}
	dir := t.TempDir()
	var acknowledged [][2]int
	for round := range 4 {
		for _, n := range killOne(t, dir, round, 100+150*round) {
			acknowledged = append(acknowledged, [2]int{round, n})
		}
	}
	if len(acknowledged) < 1000 {
		t.Fatalf("only %d exchanges were acknowledged", len(acknowledged))
	}
	s := openTape(t, capture.Options{Dir: dir, Redactor: redactor(t)}).run(t).session(t, "")
	found := map[string]*capture.Exchange{}
	for _, ex := range exchanges(t, s) {
		found[ex.Request.Path] = ex
	}
	for _, a := range acknowledged {
		want := numberedExchange(a[0], a[1])
		got, ok := found[want.Request.Path]
		if !ok {
			t.Fatalf("exchange %v was acknowledged and is lost", a)
		}
		if !bytes.Equal(got.Response.Body.Bytes, want.Response.Body.Bytes) {
			t.Fatalf("exchange %v came back with another body", a)
		}
	}
	stats := s.Stats()
	if n := stats.Learned.Active; n < len(acknowledged) {
		t.Errorf("%d captured expectations of %d", n, len(acknowledged))
	}
	t.Logf("%d acknowledged, %d found, %d bytes of torn tail", len(acknowledged), len(found), stats.Journal.Cut)
}

// killOne runs a child until it has acknowledged so many exchanges, kills it,
// and returns the numbers of all that it acknowledged.
func killOne(t *testing.T, dir string, round, until int) []int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledProcess$", "-test.timeout=2m")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s#%d", killedDir, dir, round))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	deadline := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer deadline.Stop()
	var acknowledged []int
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		number, ok := strings.CutPrefix(lines.Text(), "acknowledged ")
		if n, err := strconv.Atoi(number); ok && err == nil {
			acknowledged = append(acknowledged, n)
		}
		if len(acknowledged) == until {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || len(acknowledged) < until {
		t.Fatalf("child ended by itself after %d: %v\n%s", len(acknowledged), err, &stderr)
	}
	return acknowledged
}
