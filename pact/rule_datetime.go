package pact

import "github.com/pactape/pactape/expectations/jsondoc"

func compileDatetime(attributes jsondoc.Value) (rule, error) {
	return compileTemporal("datetime", "yyyy-MM-dd'T'HH:mm:ssXXX", attributes)
}
