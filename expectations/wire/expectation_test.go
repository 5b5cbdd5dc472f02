package wire_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
)

// What is printed of an expectation with nothing but an empty answer.
const emptyTail = `  "httpResponse" : { },
  "id" : "",
  "priority" : 0,
  "timeToLive" : {
    "unlimited" : true
  },
  "times" : {
    "unlimited" : true
  }
}`

// request is what is printed of one, and an empty answer.
func request(body string) string { return "{\n  \"httpRequest\" : " + body + ",\n" + emptyTail }

var canonicalForms = []struct{ name, in, want string }{
	{"nothing but an answer", `{"httpResponse":{}}`, "{\n" + emptyTail},
	{"an empty request matches all", `{"httpRequest":{},"httpResponse":{}}`, request("{ }")},
	{
		"blank strings and empty arrays match anything",
		`{"httpRequest":{"method":"","path":" ","body":"","headers":[],"cookies":[],"queryStringParameters":{},"secure":null},"httpResponse":{}}`,
		request(`{
    "body" : ""
  }`),
	},
	{
		"keys in MockServer's order",
		`{"times":{"remainingTimes":2,"unlimited":false},"timeToLive":{"unlimited":false,"timeToLive":60,"timeUnit":"SECONDS","endDate":1},
		 "priority":-3,"id":"x","httpResponse":{"delay":{"value":250,"timeUnit":"MILLISECONDS"},"body":"b","cookies":{"c":"1"},
		 "trailers":{"t":["1"]},"headers":{"A":"1","b":["2","3"]},"reasonPhrase":"Fine","statusCode":201},
		 "httpRequest":{"body":"b","protocol":"HTTP_2","socketAddress":{"scheme":"HTTPS","port":8443,"host":"h"},"secure":false,"keepAlive":true,
		 "cookies":[{"name":"z","value":"1"},{"name":"a","value":"2"}],"headers":[{"name":"A","values":["1"]},{"name":"b","values":["2","3"]}],
		 "queryStringParameters":{"q":["1"]},"pathParameters":{"id":["[0-9]+"]},"path":"/p/{id}","method":"POST","not":true},"timestamp":"x"}`,
		`{
  "httpRequest" : {
    "not" : true,
    "method" : "POST",
    "path" : "/p/{id}",
    "pathParameters" : {
      "id" : [ "[0-9]+" ]
    },
    "queryStringParameters" : {
      "q" : [ "1" ]
    },
    "headers" : {
      "b" : [ "2", "3" ],
      "A" : [ "1" ]
    },
    "cookies" : {
      "z" : "1",
      "a" : "2"
    },
    "keepAlive" : true,
    "secure" : false,
    "socketAddress" : {
      "host" : "h",
      "port" : 8443,
      "scheme" : "HTTPS"
    },
    "protocol" : "HTTP_2",
    "body" : "b"
  },
  "httpResponse" : {
    "statusCode" : 201,
    "reasonPhrase" : "Fine",
    "headers" : {
      "b" : [ "2", "3" ],
      "A" : [ "1" ]
    },
    "trailers" : {
      "t" : [ "1" ]
    },
    "cookies" : {
      "c" : "1"
    },
    "body" : "b",
    "delay" : {
      "timeUnit" : "MILLISECONDS",
      "value" : 250
    }
  },
  "id" : "x",
  "priority" : -3,
  "timeToLive" : {
    "timeUnit" : "SECONDS",
    "timeToLive" : 60
  },
  "times" : {
    "remainingTimes" : 2
  }
}`,
	},
	{
		"several answers",
		`{"httpResponses":[{"statusCode":200},{"statusCode":503}],"responseMode":"sequential","httpResponse":{"body":"unused"}}`,
		`{
  "httpResponses" : [ {
    "statusCode" : 200
  }, {
    "statusCode" : 503
  } ],
  "id" : "",
  "priority" : 0,
  "responseMode" : "SEQUENTIAL",
  "timeToLive" : {
    "unlimited" : true
  },
  "times" : {
    "unlimited" : true
  }
}`,
	},
	{
		"nottable strings",
		`{"httpRequest":{"method":{"not":true,"value":"GET"},"path":"!/x","headers":{"!a":[".*"],"?b":["!1",{"value":"2","optional":true}],"!?c":["x"]},
		 "cookies":{"!d":"","e":{"value":"f","not":true}}},"httpResponse":{}}`,
		request(`{
    "method" : "!GET",
    "path" : "!/x",
    "headers" : {
      "?!c" : [ "x" ],
      "?b" : [ "!1", "?2" ],
      "!a" : [ ".*" ]
    },
    "cookies" : {
      "!d" : "",
      "e" : "!f"
    }
  }`),
	},
	{
		"literal exclamation and question marks",
		`{"httpRequest":{"path":{"not":false,"value":"!x"},"queryStringParameters":{"a":[{"value":"?b"},{"not":true,"value":"!c"},{"not":true,"value":"?d"},{"optional":true,"value":"!e"}]}},"httpResponse":{}}`,
		request(`{
    "path" : {
      "not" : false,
      "value" : "!x"
    },
    "queryStringParameters" : {
      "a" : [ {
        "not" : false,
        "value" : "?b"
      }, "!!c", {
        "not" : true,
        "value" : "?d"
      }, {
        "not" : false,
        "optional" : true,
        "value" : "!e"
      } ]
    }
  }`),
	},
	{
		"names that need an object are printed as an array",
		`{"httpRequest":{"queryStringParameters":[{"name":{"value":"!a"},"values":["1"]},{"name":"b","values":["3"]},{"name":"c","values":[]}],"cookies":[{"name":{"value":"?c"},"value":"2"}]},"httpResponse":{}}`,
		request(`{
    "queryStringParameters" : [ {
      "name" : "b",
      "values" : [ "3" ]
    }, {
      "name" : {
        "not" : false,
        "value" : "!a"
      },
      "values" : [ "1" ]
    } ],
    "cookies" : [ {
      "name" : {
        "not" : false,
        "value" : "?c"
      },
      "value" : "2"
    } ]
  }`),
	},
	{
		"match style",
		`{"httpRequest":{"headers":{"keyMatchStyle":"MATCHING_KEY","a":["1"]},"queryStringParameters":{"keyMatchStyle":"SUB_SET","b":{"values":["2"]}},
		 "pathParameters":[{"keyMatchStyle":"MATCHING_KEY"},{"name":{"value":"!c"},"value":"3"}]},"httpResponse":{}}`,
		request(`{
    "pathParameters" : [ {
      "keyMatchStyle" : "MATCHING_KEY"
    }, {
      "name" : {
        "not" : false,
        "value" : "!c"
      },
      "values" : [ "3" ]
    } ],
    "queryStringParameters" : {
      "b" : [ "2" ]
    },
    "headers" : {
      "keyMatchStyle" : "MATCHING_KEY",
      "a" : [ "1" ]
    }
  }`),
	},
	{
		"values of one name are merged",
		`{"httpRequest":{"headers":{"a":"1","a":["2"]},"cookies":{"c":"1","c":"2"}},"httpResponse":{}}`,
		request(`{
    "headers" : {
      "a" : [ "1", "2" ]
    },
    "cookies" : {
      "c" : "2"
    }
  }`),
	},
	{
		"styles of cookies", // MockServer 7 prints them so
		`{"httpRequest":{"cookies":{"a":{"schema":{"type":"array"},"parameterStyle":"FORM"},"b":{"value":"!1","parameterStyle":"FORM_EXPLODED","not":true}}},"httpResponse":{}}`,
		request(`{
    "cookies" : {
      "a" : {
        "parameterStyle" : "FORM",
        "schema" : {
          "type" : "array"
        }
      },
      "b" : {
        "not" : true,
        "parameterStyle" : "FORM_EXPLODED",
        "value" : "!1"
      }
    }
  }`),
	},
	{
		"what MockServer prints of received requests is accepted",
		`{"httpRequest":{"path":"/","localAddress":"127.0.0.1:1","remoteAddress":"127.0.0.1:2","originalBody":"","clientCertificateChain":[],"respondBeforeBody":false},"httpResponse":{"primary":true,"connectionOptions":{}}}`,
		request("{\n    \"path\" : \"/\"\n  }"),
	},
}

// Each input is printed in canonical form, and that form reads back as
// itself.
func TestCanonicalForm(t *testing.T) {
	t.Parallel()
	for _, tt := range canonicalForms {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := decodeOne(t, tt.in)
			got := string(wire.EncodeExpectation(nil, e))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("printed otherwise (-want +got):\n%s", diff)
			}
			again := string(wire.EncodeExpectation(nil, decodeOne(t, got)))
			if diff := cmp.Diff(got, again); diff != "" {
				t.Errorf("the printed form reads back otherwise:\n%s", diff)
			}
		})
	}
}

func decodeOne(t *testing.T, in string) *expectations.Expectation {
	t.Helper()
	es, err := wire.DecodeExpectations([]byte(in))
	if err != nil {
		t.Fatalf("%s\n%v", in, err)
	}
	if len(es) != 1 {
		t.Fatalf("%d expectations", len(es))
	}
	return es[0]
}

func TestDecodeExpectation(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	text := func(s string) expectations.Text { return expectations.Text{Value: s} }
	got := decodeOne(t, `{
		// comments and trailing commas are fine
		'id': "an-id", priority: 007,
		"httpRequest": {"method": "!GET", "path": "/a.*", "secure": true, "keepAlive": false,
			"headers": {"?X": ["!1", "2"]}, "cookies": {"c": "d"},
			"body": {"type": "JSON", "json": {"a": [1.10, "x"]}, "matchType": "STRICT", "contentType": "text/x-json"}},
		"httpResponse": {"statusCode": 404, "headers": {"!Y": ["!literal"]}, "body": {"b": 1}},
		"times": {"remainingTimes": 3},
	}`)
	want := &expectations.Expectation{
		ID: "an-id", Priority: 7, Origin: expectations.OriginUser,
		Request: &expectations.RequestMatcher{
			Method:    expectations.Text{Value: "GET", Not: true},
			Path:      text("/a.*"),
			Secure:    &yes,
			KeepAlive: &no,
			Headers: expectations.MultiMatcher{Entries: []expectations.NamedTexts{{
				Name:   expectations.Text{Value: "X", Optional: true},
				Values: []expectations.Text{{Value: "1", Not: true}, text("2")},
			}}},
			Cookies: []expectations.NamedText{{Name: text("c"), Value: text("d")}},
			Body: &expectations.BodyMatcher{
				ContentType: "text/x-json",
				Kind:        expectations.JSONBody{Raw: []byte(`{"a":[1.10,"x"]}`), Strict: true},
			},
		},
		Action: &expectations.Respond{Answers: []*expectations.Answer{{
			Status: 404,
			Header: map[string][]string{"!Y": {"!literal"}},
			Body: &expectations.AnswerBody{
				Kind: expectations.AnswerJSON, Bytes: []byte("{\n  \"b\" : 1\n}"),
				ContentType: "application/json; charset=utf-8",
			},
		}}},
		Times: expectations.Times{Limited: true, Remaining: 3},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeTimes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want expectations.Expectation
	}{
		{`"times":{"remainingTimes":0}`, expectations.Expectation{Times: expectations.Times{Limited: true}}},
		{`"times":{"remainingTimes":5,"unlimited":true}`, expectations.Expectation{}},
		{`"times":{}`, expectations.Expectation{}},
		{`"times":null`, expectations.Expectation{}},
		{`"timeToLive":{"unlimited":true,"timeUnit":"DAYS"}`, expectations.Expectation{}},
		{`"timeToLive":{}`, expectations.Expectation{}},
		{`"timeToLive":{"timeUnit":"DAYS","timeToLive":2}`, expectations.Expectation{
			TimeToLive: expectations.TimeToLive{Limited: true, Value: 2, Unit: expectations.Days},
		}},
	}
	for _, tt := range tests {
		got := decodeOne(t, `{"httpResponse":{},`+tt.in+`}`)
		if got.Times != tt.want.Times || got.TimeToLive != tt.want.TimeToLive {
			t.Errorf("%s: %+v, %+v", tt.in, got.Times, got.TimeToLive)
		}
	}
}

func TestDecodeArray(t *testing.T) {
	t.Parallel()
	es, err := wire.DecodeExpectations([]byte(`[{"id":"a","httpResponse":{}},{"id":"b","httpResponse":{}}]`))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, e := range es {
		ids = append(ids, e.ID)
	}
	if diff := cmp.Diff("a b", strings.Join(ids, " ")); diff != "" {
		t.Error(diff)
	}
}
