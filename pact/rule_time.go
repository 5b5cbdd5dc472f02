package pact

import "github.com/pactape/pactape/expectations/jsondoc"

func compileTime(attributes jsondoc.Value) (rule, error) {
	return compileTemporal("time", "HH:mm:ss", attributes)
}
