package admin_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// MockServer's official Python client drives the real program. It is in an
// environment of its own once it was installed there:
//
//	python3 -m venv proxy/admin/testdata/python/venv
//	proxy/admin/testdata/python/venv/bin/pip install -r proxy/admin/testdata/python/requirements.txt
//
// Where python or the client is missing the test is skipped, or fails if
// PACTAPE_E2E is "require".
func TestPythonClient(t *testing.T) {
	t.Parallel()
	python, err := filepath.Abs("testdata/python/venv/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" {
		python = filepath.Join(filepath.Dir(filepath.Dir(python)), "Scripts", "python.exe")
	}
	if err := exec.CommandContext(t.Context(), python, "-c", "import mockserver.client").Run(); err != nil {
		missing(t, "PyPI's mockserver-client (python3 -m venv proxy/admin/testdata/python/venv, "+
			"proxy/admin/testdata/python/venv/bin/pip install -r proxy/admin/testdata/python/requirements.txt)")
	}
	driveClient(t, "testdata/python", 29, python, "drive.py")
}

// MockServer's official Java client drives the real program, once Maven has
// fetched it:
//
//	mvn -q -B -f proxy/admin/testdata/java/pom.xml dependency:copy-dependencies
//
// Where java or the client is missing the test is skipped, or fails if
// PACTAPE_E2E is "require".
func TestJavaClient(t *testing.T) {
	t.Parallel()
	java, err := exec.LookPath("java")
	if err != nil {
		missing(t, "java")
	}
	if found, err := filepath.Glob("testdata/java/target/dependency/mockserver-client-java-*.jar"); err != nil || len(found) == 0 {
		missing(t, "Maven's org.mock-server:mockserver-client-java (mvn -q -B -f proxy/admin/testdata/java/pom.xml dependency:copy-dependencies)")
	}
	driveClient(t, "testdata/java", 29, java, "-cp", filepath.Join("target", "dependency", "*"), "Drive.java")
}

// MockServer's official Rust client drives the real program, once cargo has
// fetched and built what it is made of, which takes a minute or two:
//
//	cargo build --locked --manifest-path proxy/admin/testdata/rust/Cargo.toml
//
// Where cargo or the client is missing the test is skipped, or fails if
// PACTAPE_E2E is "require". What drives the client is built here.
func TestRustClient(t *testing.T) {
	t.Parallel()
	cargo, err := exec.LookPath("cargo")
	if err != nil {
		missing(t, "cargo")
	}
	if found, err := filepath.Glob("testdata/rust/target/debug/deps/libmockserver_client-*.rlib"); err != nil || len(found) == 0 {
		missing(t, "crates.io's mockserver-client (cargo build --locked --manifest-path proxy/admin/testdata/rust/Cargo.toml)")
	}
	build := exec.CommandContext(t.Context(), cargo, "build", "--quiet", "--locked", "--offline")
	build.Dir = "testdata/rust"
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("cargo build: %v\n%s", err, out)
	}
	drive, err := filepath.Abs(filepath.Join("testdata", "rust", "target", "debug", "drive"))
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" {
		drive += ".exe"
	}
	driveClient(t, "testdata/rust", 34, drive)
}

// driveClient runs a client in dir against the program, with its port as the
// last argument. It prints "ok " and the name of each step.
func driveClient(t *testing.T, dir string, least int, name string, args ...string) {
	t.Helper()
	_, port, err := net.SplitHostPort(serve(t))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), name, append(args, port)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "NO_PROXY=*", "no_proxy=*")
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("the client: %v", err)
	}
	if n := strings.Count("\n"+string(out), "\nok "); n < least {
		t.Errorf("only %d steps were run", n)
	}
}
