package wire_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations/wire"
)

func TestDecodeRendered(t *testing.T) {
	t.Parallel()
	a, err := wire.DecodeAnswer([]byte(`{statusCode: 201, 'body': {"a":1}, "headers": {"A": ["b"]},}`))
	if err != nil || a.Status != 201 || string(a.Body.Bytes) != "{\n  \"a\" : 1\n}" || a.Header["A"][0] != "b" {
		t.Errorf("%+v, %v", a, err)
	}
	o, err := wire.DecodeOutgoing([]byte(`{"method":"PUT","path":"/x","body":"text","keepAlive":true,"remoteAddress":"1.2.3.4"}`))
	if err != nil || o.Method != "PUT" || o.Path != "/x" || string(o.Body.Bytes) != "text" {
		t.Errorf("%+v, %v", o, err)
	}
	for text, want := range map[string]string{
		`{"statusCode":`:    "JsonParseException",
		`{"statusCode":1}`:  "incorrect response json format",
		`[]`:                "$: array found, object expected",
		`{"statusCodes":1}`: `(did you mean "statusCode"?)`,
	} {
		if a, err := wire.DecodeAnswer([]byte(text)); a != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", text, a, err)
		} else if _, ok := errors.AsType[*wire.ValidationError](err); !ok {
			t.Errorf("%s: %T", text, err)
		}
	}
	if o, err := wire.DecodeOutgoing([]byte(`{"statusCode":200}`)); o != nil || err == nil || !strings.Contains(err.Error(), "incorrect request json") {
		t.Errorf("%v, %v", o, err)
	}
}
