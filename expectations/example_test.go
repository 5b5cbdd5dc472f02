package expectations_test

import (
	"context"
	"fmt"

	"github.com/pactape/pactape/expectations"
)

// A space answers a request from the expectations put into it, and can say
// why none of them fits.
func Example() {
	space := expectations.NewSpace(expectations.SpaceOptions{})
	_, err := space.Put(&expectations.Expectation{
		Request: &expectations.RequestMatcher{
			Method: expectations.Text{Value: "GET"},
			Path:   expectations.Text{Value: "/orders/[0-9]+"},
		},
		Action: &expectations.Respond{Answers: []*expectations.Answer{{Status: 200}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	hit, ok, _ := space.Match(context.Background(),
		&expectations.Request{Method: "GET", Path: "/orders/7"}, expectations.MatchOptions{})
	fmt.Println(ok, hit.Answer.Status)

	_, why := space.Set.Closest(&expectations.Request{Method: "GET", Path: "/orders/new"})
	fmt.Println(why[0])
	// Output:
	// true 200
	// path: wanted /orders/[0-9]+, got /orders/new
}
