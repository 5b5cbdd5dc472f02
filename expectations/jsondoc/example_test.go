package jsondoc_test

import (
	"fmt"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// Order and number text survive, which a map[string]any would lose.
func ExampleParse() {
	v, err := jsondoc.Parse([]byte(`{"price":1.10,"id":1,"tags":["a","b"]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	price, _ := v.Get("price")
	fmt.Println(price.Text)
	fmt.Printf("%s\n", v.AppendJackson(nil))
	// Output:
	// 1.10
	// {
	//   "price" : 1.10,
	//   "id" : 1,
	//   "tags" : [ "a", "b" ]
	// }
}
