package wire_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
)

func TestDecodeRequestMatcher(t *testing.T) {
	t.Parallel()
	path := &expectations.RequestMatcher{Path: expectations.Text{Value: "/a"}}
	tests := []struct {
		in     string
		want   *expectations.RequestMatcher
		wantID string
	}{
		{"", nil, ""},
		{" \n", nil, ""},
		{`""`, nil, ""},
		{`null`, nil, ""},
		{`{}`, nil, ""},
		{`{"path":"/a"}`, path, ""},
		{`{"httpRequest":{"path":"/a"}}`, path, ""},
		{`{"httpRequest":{"path":"/a"},"httpResponse":{"statusCode":1}}`, path, ""},
		{`{"httpRequest":{}}`, nil, ""},
		{`{"httpRequest":null}`, nil, ""},
		{`{"id":"x"}`, nil, "x"},
		{`{path:'/a',} // lenient`, path, ""},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			got, id, err := wire.DecodeRequestMatcher([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || id != tt.wantID {
				t.Errorf("id %q, %s", id, diff)
			}
		})
	}
}

func TestDecodeRequestMatcherErrors(t *testing.T) {
	t.Parallel()
	const undefined = "is not defined in the schema and the schema does not allow additional properties"
	tests := []struct {
		in   string
		want []string
	}{
		{`[]`, []string{`$: array found, object expected`}},
		{`"/path"`, []string{`$: string found, object expected`}},
		{`{"paths":"/a"}`, []string{`$.paths: ` + undefined + ` (did you mean "path"?)`}},
		{`{"httpRequest":{"methd":"GET"}}`, []string{`$.methd: ` + undefined + ` (did you mean "method"?)`}},
		{`{"id":""}`, []string{`$.id: must not be empty`}},
		{`{"id":5}`, []string{`$.id: integer found, string expected`}},
		{`{"openAPIDefinition":{"specUrlOrPayload":"x"}}`, []string{`$.specUrlOrPayload: is not supported by this version: descriptions are not read here; name the method and path`}},
		{`{"httpRequest":{"operationId":"x"}}`, []string{`$.specUrlOrPayload: is missing but it is required`}},
		{`{`, []string{`line 1, column 2: unexpected end of input where a name should begin`}},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			_, _, err := wire.DecodeRequestMatcher([]byte(tt.in))
			wantProblems(t, err, tt.want)
		})
	}
}

func wantProblems(t *testing.T, err error, want []string) {
	t.Helper()
	var invalid *wire.ValidationError
	if !errors.As(err, &invalid) {
		t.Fatalf("got %v, want a ValidationError", err)
	}
	if diff := cmp.Diff(want, invalid.Problems); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeVerification(t *testing.T) {
	t.Parallel()
	get := &expectations.RequestMatcher{Method: expectations.Text{Value: "GET"}}
	tests := []struct {
		in   string
		want expectations.Verification
	}{
		{`{"httpRequest":{"method":"GET"}}`, expectations.Verification{Request: get, AtLeast: new(1), AtMost: new(1)}},
		{`{"httpRequest":{"method":"GET"},"times":{}}`, expectations.Verification{Request: get, AtLeast: new(1), AtMost: new(1)}},
		{
			`{"httpResponse":{"statusCode":201,"reasonPhrase":"!OK","delay":{"timeUnit":"SECONDS","value":1}},"times":{"atLeast":2}}`,
			expectations.Verification{Response: &expectations.ResponseMatcher{Status: 201, Reason: expectations.Text{Value: "OK", Not: true}}, AtLeast: new(2)},
		},
		{
			`{"httpRequest":{"method":"GET"},"httpResponse":{},"times":{"atLeast":1}}`,
			expectations.Verification{Request: get, Response: &expectations.ResponseMatcher{}, AtLeast: new(1)},
		},
		{`{"httpRequest":{"method":"GET"},"times":{"atLeast":2,"atMost":3}}`, expectations.Verification{Request: get, AtLeast: new(2), AtMost: new(3)}},
		{`{"httpRequest":{"method":"GET"},"times":{"atLeast":2,"atMost":-1}}`, expectations.Verification{Request: get, AtLeast: new(2)}},
		{`{"httpRequest":{},"times":{"atMost":0}}`, expectations.Verification{Request: &expectations.RequestMatcher{}, AtMost: new(0)}},
		{`{"httpRequest":{},"times":{"atLeast":-1,"atMost":-1}}`, expectations.Verification{Request: &expectations.RequestMatcher{}, AtLeast: new(0)}},
		{`{"httpRequest":{"method":"GET"},"times":{"count":2,"exact":true}}`, expectations.Verification{Request: get, AtLeast: new(2), AtMost: new(2)}},
		{`{"httpRequest":{"method":"GET"},"times":{"count":2}}`, expectations.Verification{Request: get, AtLeast: new(2)}},
		{`{"expectationId":{"id":"x"},"times":{"atLeast":1},"maximumNumberOfRequestToReturnInVerificationFailure":3}`, expectations.Verification{ExpectationID: "x", AtLeast: new(1), MaxReturned: new(3)}},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			got, err := wire.DecodeVerification([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeVerificationErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want []string
	}{
		{``, []string{`a verification is required but value was ""`}},
		{`{}`, []string{`$: oneOf of the following must be specified [httpRequest, expectationId, httpResponse]`}},
		{`{"httpRequest":{},"expectationId":{"id":"x"}}`, []string{`$: only one of [httpRequest, expectationId] is allowed`}},
		{`{"expectationId":{}}`, []string{`$.expectationId: id: is missing but it is required`}},
		{`{"expectationId":{"id":""}}`, []string{`$.expectationId.id: must not be empty`}},
		{`{"httpRequest":{},"times":{"atLeast":"1"}}`, []string{`$.times.atLeast: string found, integer expected`}},
		{`{"httpRequest":{},"times":{"atleast":1}}`, []string{`$.times.atleast: is not defined in the schema and the schema does not allow additional properties (did you mean "atLeast"?)`}},
		{`{"httpResponse":{"statusCodeRange":"2XX"}}`, []string{`$.httpResponse.statusCodeRange: is not supported by this version: verify statusCode, reasonPhrase, headers, cookies or body`}},
		{`{"httpResponse":{"statusCode":"200"}}`, []string{`$.httpResponse.statusCode: string found, integer expected`}},
		{`[]`, []string{`$: array found, object expected`}},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			_, err := wire.DecodeVerification([]byte(tt.in))
			wantProblems(t, err, tt.want)
		})
	}
}

func TestDecodeVerificationSequence(t *testing.T) {
	t.Parallel()
	path := func(s string) *expectations.RequestMatcher {
		return &expectations.RequestMatcher{Path: expectations.Text{Value: s}}
	}
	tests := []struct {
		in   string
		want expectations.VerificationSequence
	}{
		{`{"httpRequests":[{"path":"/a"},{"path":"/b"}]}`, expectations.VerificationSequence{Requests: []*expectations.RequestMatcher{path("/a"), path("/b")}}},
		{`{"httpRequests":[{"path":"/a"}],"httpResponses":[{"statusCode":200}]}`, expectations.VerificationSequence{
			Requests: []*expectations.RequestMatcher{path("/a")}, Responses: []*expectations.ResponseMatcher{{Status: 200}},
		}},
		{`{"httpRequests":[]}`, expectations.VerificationSequence{Requests: []*expectations.RequestMatcher{}}},
		{`{"expectationIds":[{"id":"x"},{"id":"y"}],"maximumNumberOfRequestToReturnInVerificationFailure":1}`, expectations.VerificationSequence{ExpectationIDs: []string{"x", "y"}, MaxReturned: new(1)}},
	}
	for _, tt := range tests {
		got, err := wire.DecodeVerificationSequence([]byte(tt.in))
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Error(diff)
		}
	}
	for in, want := range map[string][]string{
		``:                                    {`a verification sequence is required but value was ""`},
		`{}`:                                  {`$: oneOf of the following must be specified [httpRequests, expectationIds, httpResponses]`},
		`{"httpRequests":{}}`:                 {`$.httpRequests: object found, array expected`},
		`{"httpRequests":[{"body":1},{}]}`:    {`$.httpRequests[0].body: should match one of its valid types: a string, a JSON object or array, or an object with a type of ` + bodyTypes},
		`{"expectationIds":[{}]}`:             {`$.expectationIds[0]: id: is missing but it is required`},
		`{"expectationIds":["x"]}`:            {`$.expectationIds[0]: string found, object expected`},
		`{"httpResponses":[{"trailers":{}}]}`: {`$.httpResponses[0].trailers: is not supported by this version: verify statusCode, reasonPhrase, headers, cookies or body`},
	} {
		_, err := wire.DecodeVerificationSequence([]byte(in))
		wantProblems(t, err, want)
	}
}

func TestVerificationText(t *testing.T) {
	t.Parallel()
	_, err := wire.DecodeVerification(nil)
	want := `1 error:
 - a verification is required but value was ""

OpenAPI Specification: https://app.swaggerhub.com/apis/jamesdbloom/mock-server-openapi/7.0.x
Documentation: https://mock-server.com/mock_server/creating_expectations.html`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
}
