package wire_test

import (
	"fmt"

	"github.com/pactape/pactape/expectations/wire"
)

// A short form is read, and printed in canonical form.
func ExampleDecodeExpectations() {
	es, err := wire.DecodeExpectations([]byte(`{
		"id": "greeting",
		"httpRequest": {"path": "/hello", "headers": [{"name": "Accept", "values": ["text/.*"]}]},
		"httpResponse": {"body": {"type": "STRING", "string": "Hello"}}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n", wire.EncodeExpectation(nil, es[0]))
	// Output:
	// {
	//   "httpRequest" : {
	//     "path" : "/hello",
	//     "headers" : {
	//       "Accept" : [ "text/.*" ]
	//     }
	//   },
	//   "httpResponse" : {
	//     "body" : "Hello"
	//   },
	//   "id" : "greeting",
	//   "priority" : 0,
	//   "timeToLive" : {
	//     "unlimited" : true
	//   },
	//   "times" : {
	//     "unlimited" : true
	//   }
	// }
}
