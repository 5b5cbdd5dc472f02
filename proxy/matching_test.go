package proxy_test

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	mockserver "github.com/pactape/pactape/expectations/wire"
)

// TestMatching sends the requests of testdata/matching.txt, each to a proxy
// that has the one expectation.
func TestMatching(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/matching.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := 0
	for block := range strings.SplitSeq(string(data), "\n\n") {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		if strings.HasPrefix(lines[0], "#") {
			continue
		}
		cases++
		t.Run(lines[0], func(t *testing.T) {
			t.Parallel()
			es, err := mockserver.DecodeExpectations([]byte(`{"httpRequest":` + lines[0] + `,"httpResponse":{"statusCode":299}}`))
			if err != nil {
				t.Fatal(err)
			}
			r := start(t)
			r.putAny(es[0])
			for _, line := range lines[1:] {
				want := 404
				if line[0] == '+' {
					want = 299
				}
				if got := r.ask(line[2:]); got != want {
					t.Errorf("%s: status %d", line, got)
				}
			}
		})
	}
	if cases < 60 {
		t.Errorf("%d cases were read", cases)
	}
}

// ask sends a request as testdata/matching.txt has it and returns the status.
func (r *rig) ask(line string) int {
	r.t.Helper()
	method, rest, _ := strings.Cut(line, " ")
	target, rest, _ := strings.Cut(rest, " ")
	header, body := "", rest
	if fields, after, ok := strings.Cut(rest, "}"); ok && strings.HasPrefix(fields, "{") && !strings.HasPrefix(fields, `{"`) {
		body = strings.TrimPrefix(after, " ")
		for i, field := range strings.Split(fields[1:], "; ") {
			if i > 0 && !strings.Contains(field, ": ") { // a further cookie
				header = strings.TrimSuffix(header, "\r\n") + "; "
			}
			header += field + "\r\n"
		}
	}
	if method != "GET" {
		header += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	} else {
		body = ""
	}
	c := r.dial()
	defer c.Close()
	if _, err := fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n%s", method, target, r.addr, header, body); err != nil {
		r.t.Fatal(err)
	}
	got, _ := read(r.t, bufio.NewReader(c), method)
	return got.StatusCode
}

// TestMatchingSecureAndHTTP2 has requests that only such a connection makes.
func TestMatchingSecureAndHTTP2(t *testing.T) {
	t.Parallel()
	for matcher, want := range map[string][2]int{ // in the clear over HTTP/1, over TLS by HTTP/2
		`{"secure":true}`:         {404, 299},
		`{"secure":false}`:        {299, 404},
		`{"protocol":"HTTP_2"}`:   {404, 299},
		`{"protocol":"HTTP_1_1"}`: {299, 404},
	} {
		t.Run(matcher, func(t *testing.T) {
			t.Parallel()
			es, err := mockserver.DecodeExpectations([]byte(`{"httpRequest":` + matcher + `,"httpResponse":{"statusCode":299}}`))
			if err != nil {
				t.Fatal(err)
			}
			r := start(t)
			r.putAny(es[0])
			secure := r.client(h2Only, func(t *http.Transport) { t.Proxy = nil })
			got, _ := get(t, secure, "https://"+r.addr+"/x")
			if plain := r.ask("GET /x"); plain != want[0] || got.StatusCode != want[1] {
				t.Errorf("in the clear %d, over TLS %d, want %v", plain, got.StatusCode, want)
			}
		})
	}
}
