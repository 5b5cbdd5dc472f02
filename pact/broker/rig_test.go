package broker_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/pactape/pactape/pact/broker"
	"github.com/pactape/pactape/pact/broker/brokertest"
)

// serve serves a broker and returns its base URL, prefix included.
func serve(t *testing.T, b *brokertest.Broker) string {
	t.Helper()
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return server.URL + b.Prefix
}

// client is a client of the broker at url, without repetitions.
func client(t *testing.T, url string, auth broker.Auth) *broker.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return newClient(t, broker.Options{BaseURL: url, Auth: auth, Transport: transport, Retries: -1, Tool: broker.Tool{Name: "pactape", Version: "1.2"}})
}

func newClient(t *testing.T, o broker.Options) *broker.Client {
	t.Helper()
	c, err := broker.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// contract is a contract whose provider answers GET /users/1 with an id.
func contract(t *testing.T, consumer, provider string, id int) broker.Contract {
	t.Helper()
	c, err := broker.ReadContract(fmt.Appendf(nil, `{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[
		{"description":"a user","request":{"method":"GET","path":"/users/1"},
		 "response":{"status":200,"headers":{"Content-Type":"application/json"},"body":{"id":%d}}},
		{"description":"no user","request":{"method":"GET","path":"/users/2"},"response":{"status":404}}],
		"metadata":{"pactSpecification":{"version":"3.0.0"}}}`, consumer, provider, id))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// publish publishes contracts of one version.
func publish(t *testing.T, c *broker.Client, v broker.Version, contracts ...broker.Contract) *broker.PublishResult {
	t.Helper()
	result, err := c.Publish(t.Context(), broker.Publication{Version: v, Contracts: contracts})
	if err != nil {
		t.Fatal(err)
	}
	return result
}
