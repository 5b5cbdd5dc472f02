package wire_test

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/wire"
)

// What is accepted and printed reads back as the same expectation, and prints
// the same again.
func FuzzDecodeExpectations(f *testing.F) {
	for _, seed := range []string{
		`{"id":"x","priority":1,"httpRequest":{"method":"!GET","path":{"not":false,"value":"!x"},"headers":{"?a":["!b","c"],"a":"d"},"cookies":{"c":"d"},"secure":true},"httpResponse":{"statusCode":200,"headers":[{"name":"A","values":["b"]}],"cookies":{"c":"d"},"body":{"a":1.10},"delay":{"value":1}},"times":{"remainingTimes":1},"timeToLive":{"timeUnit":"DAYS","timeToLive":1}}`,
		`[{"httpResponses":[{"body":"a"},{"body":{"type":"BINARY","base64Bytes":"AA=="}}],"responseMode":"SEQUENTIAL"}]`,
		`{"httpRequest":{"not":true,"body":{"type":"PARAMETERS","parameters":{"keyMatchStyle":"MATCHING_KEY","a":["1"]}},"queryStringParameters":[{"name":{"value":"?q"},"values":[{"not":true,"value":"?v"}]}]},"httpResponse":{}}`,
		`{"httpRequest":{"body":{"json":"[1,2]","matchType":"STRICT"}},"httpResponse":{"body":{"type":"JSON","json":"{\"a\":1}","contentType":"text/json"}}}`,
		`{"httpRequest":{"body":{"regex":".*","optional":true}},"httpResponse":{"body":{"type":"XML","xml":"<a/>"},"trailers":{"t":"u"}}}`,
		`{"httpResponse":{"body":{"string":"x","rawBytes":"/w=="}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		es, err := wire.DecodeExpectations(data)
		if err != nil {
			if es != nil || err.Error() == "" {
				t.Fatalf("%v with %q", es, err)
			}
			return
		}
		for _, e := range es {
			printed := wire.EncodeExpectation(nil, e)
			if _, err := jsondoc.Parse(printed); err != nil {
				t.Fatalf("printed what is not JSON: %v\n%s", err, printed)
			}
			again, err := wire.DecodeExpectations(printed)
			if err != nil {
				t.Fatalf("what was printed is refused: %v", err)
			}
			if diff := gocmp.Diff(e, again[0], sameOrder); diff != "" {
				t.Fatalf("read back otherwise: %s\n%s", diff, printed)
			}
			if second := wire.EncodeExpectation(nil, again[0]); !bytes.Equal(printed, second) {
				t.Fatalf("printed otherwise the second time: %s", gocmp.Diff(string(printed), string(second)))
			}
			var recorded bytes.Buffer
			if err := wire.EncodeRecorded(&recorded, wire.All([]*expectations.Expectation{e})); err != nil {
				t.Fatal(err)
			}
			if _, err := wire.DecodeExpectations(recorded.Bytes()); err != nil {
				t.Fatalf("what was printed in full is refused: %v", err)
			}
		}
	})
}

// sameOrder sorts entries as they are printed; none are the same as nil.
var sameOrder = gocmp.Options{
	gocmp.Transformer("sorted", func(m expectations.MultiMatcher) []expectations.NamedTexts {
		return slices.SortedStableFunc(slices.Values(m.Entries), func(a, b expectations.NamedTexts) int {
			return cmp.Compare(b.Name.Value, a.Name.Value)
		})
	}),
	cmpopts.SortSlices(func(a, b expectations.NamedValues) bool { return a.Name > b.Name }),
	gocmp.FilterPath(inModifier, cmpopts.EquateEmpty()),
}

func inModifier(p gocmp.Path) bool {
	return strings.Contains(p.GoString(), "Query") || strings.Contains(p.GoString(), "odifier")
}

func FuzzDecodeVerification(f *testing.F) {
	for _, seed := range []string{
		`{"httpRequest":{"path":"/a"},"times":{"atLeast":1,"atMost":-1}}`,
		`{"expectationId":{"id":"x"},"times":{"count":1,"exact":true}}`,
		`{"httpRequests":[{"path":"/a"},{"body":[1]}]}`,
		`{"expectationIds":[{"id":"x"}]}`,
		`{"id":"x"}`,
		`{"httpRequest":{},"httpResponse":{"statusCode":200,"reasonPhrase":"OK","headers":{"a":["!b"]},"cookies":{"c":"d"},"body":{"json":{"a":1}}}}`,
		`{"httpResponses":[{"body":"text"},{}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if v, err := wire.DecodeVerification(data); err == nil {
			if v.Request != nil && v.ExpectationID != "" || v.Request == nil && v.ExpectationID == "" && v.Response == nil {
				t.Fatalf("nothing, or both: %+v", v)
			}
			checkResponseMatcher(t, v.Response)
			if v.AtLeast == nil && v.AtMost == nil {
				t.Fatal("no bound")
			}
			checkMatcher(t, v.Request)
		}
		if s, err := wire.DecodeVerificationSequence(data); err == nil {
			if s.Requests != nil && s.ExpectationIDs != nil || s.Requests == nil && s.ExpectationIDs == nil && s.Responses == nil {
				t.Fatalf("nothing, or both: %+v", s)
			}
			for _, m := range s.Responses {
				checkResponseMatcher(t, m)
			}
			for _, m := range s.Requests {
				checkMatcher(t, m)
			}
		}
		if m, id, err := wire.DecodeRequestMatcher(data); err == nil {
			if m != nil && id != "" {
				t.Fatalf("both: %+v, %q", m, id)
			}
			checkMatcher(t, m)
		}
	})
}

// checkMatcher prints m and reads it back.
func checkMatcher(t *testing.T, m *expectations.RequestMatcher) {
	t.Helper()
	printed := wire.MatcherJSON(m).AppendCompact(nil)
	again, _, err := wire.DecodeRequestMatcher(append(append([]byte(`{"httpRequest":`), printed...), '}'))
	if err != nil {
		t.Fatalf("what was printed is refused: %v", err)
	}
	if m == nil || again == nil {
		return // matches anything
	}
	if diff := gocmp.Diff(m, again, sameOrder); diff != "" {
		t.Fatalf("read back otherwise: %s", diff)
	}
}

// checkResponseMatcher fails unless m comes back from what is printed of it.
func checkResponseMatcher(t *testing.T, m *expectations.ResponseMatcher) {
	t.Helper()
	if m == nil {
		return
	}
	printed := wire.ResponseMatcherJSON(m).AppendCompact(nil)
	again, err := wire.DecodeVerification(append(append([]byte(`{"httpResponse":`), printed...), '}'))
	if err != nil {
		t.Fatalf("what was printed is refused: %v", err)
	}
	if diff := gocmp.Diff(m, again.Response, sameOrder); diff != "" {
		t.Fatalf("read back otherwise: %s", diff)
	}
}
