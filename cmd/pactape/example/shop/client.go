package shop

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// A Step is one call of [Browse] and what came back.
type Step struct {
	// Call is the method and path, e.g. "GET /items?page=2".
	Call string
	// Status and Body are the answer.
	Status int
	Body   string
}

// Browse is a customer's visit: two users log in, look at their account, read
// the list, an item twice (the second time by its entity tag), and poll an
// export until it is done. It returns every step, in order.
func Browse(ctx context.Context, client *http.Client, base string) ([]Step, error) {
	v := &visit{client: client, base: base}
	ada := v.login(ctx, "ada")
	bob := v.login(ctx, "bob")
	v.call(ctx, "GET", "/me", "Authorization", ada)
	v.call(ctx, "GET", "/me", "Authorization", bob)
	v.call(ctx, "GET", "/items?page=1")
	v.call(ctx, "GET", "/items?page=2")
	v.call(ctx, "DELETE", "/items")
	v.call(ctx, "GET", "/items/1")
	v.call(ctx, "GET", "/items/1", "If-None-Match", `"v1"`)
	v.call(ctx, "GET", "/items/99")
	for range 4 {
		v.call(ctx, "GET", "/exports/7", "Authorization", bob)
	}
	return v.steps, v.err
}

// Login logs user in and returns the value of its Authorization header.
func Login(ctx context.Context, client *http.Client, base, user string) (string, error) {
	v := &visit{client: client, base: base}
	return v.login(ctx, user), v.err
}

// A visit makes calls until one fails; err is the first failure.
type visit struct {
	client *http.Client
	base   string
	steps  []Step
	err    error
}

func (v *visit) login(ctx context.Context, user string) string {
	body := v.send(ctx, "POST", "/login", strings.NewReader(fmt.Sprintf(`{"user":%q,"password":"open sesame, %s"}`, user, user)),
		"Content-Type", "application/json")
	var answer struct{ Token string }
	if v.err == nil {
		v.err = json.Unmarshal(body, &answer)
	}
	return "Bearer " + answer.Token
}

func (v *visit) call(ctx context.Context, method, path string, header ...string) {
	v.send(ctx, method, path, nil, header...)
}

func (v *visit) send(ctx context.Context, method, path string, body io.Reader, header ...string) []byte {
	if v.err != nil {
		return nil
	}
	var data []byte
	data, v.err = v.exchange(ctx, method, path, body, header)
	return data
}

func (v *visit) exchange(ctx context.Context, method, path string, body io.Reader, header []string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, v.base+path, body)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := v.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	v.steps = append(v.steps, Step{method + " " + path, resp.StatusCode, string(bytes.TrimSpace(data))})
	return data, nil
}
