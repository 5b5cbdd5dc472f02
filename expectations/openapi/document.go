package openapi

import "github.com/pactape/pactape/expectations/jsondoc"

// A Document is an API as it was observed, to be written as OpenAPI 3.1. The
// order of its slices is kept, but for endpoints, parameters, bodies and
// answers, which are sorted.
type Document struct {
	// Title and Version are those of the API; both are required by OpenAPI.
	Title, Version string
	// Tool is noted as what wrote it, e.g. "pactape 1.2"; "" for nothing.
	Tool      string
	Endpoints []Endpoint
}

// An Endpoint is one method of one path.
type Endpoint struct {
	// Method is upper case; Path is a template such as /users/{id}.
	Method, Path string
	// Servers are the origins it was observed at, e.g. "https://api.test".
	Servers []string
	// Samples is how many exchanges it was observed in.
	Samples int
	// Schemes are the schemes of Authorization that were seen (RFC 9110
	// §11.1), lower case, and Anonymous says that some requests had none.
	Schemes   []string
	Anonymous bool
	// Parameters are those of path, query and headers.
	Parameters []Parameter
	// Request are the bodies of requests, one for each media type, and
	// BodyRequired says that every request had one.
	Request      []Content
	BodyRequired bool
	Answers      []Answer
}

// A Parameter is a part of a request's path or query, or a header.
type Parameter struct {
	// In is "path", "query" or "header"; it is not used for headers of
	// answers.
	In, Name string
	// Required says that it is always there.
	Required bool
	// Repeated says that the name may come several times: Schema is of one
	// value.
	Repeated bool
	// Samples is in how many messages it was seen.
	Samples int
	Schema  *Schema
}

// A Content is a body of one media type.
type Content struct {
	// Media is the type without parameters, e.g. "application/json".
	Media string
	// Samples is how many bodies were seen.
	Samples int
	// Schema is nil where nothing is known but the type.
	Schema *Schema
}

// An Answer is what is answered with one status.
type Answer struct {
	Status  int
	Samples int
	Headers []Parameter
	Content []Content
}

// A Schema is what values of one place have in common.
type Schema struct {
	// Types are names of JSON Schema types, "null" the last if it is one;
	// none where anything goes.
	Types []string
	// Format and Pattern are about strings.
	Format, Pattern string
	// Enum are the strings that there are; nil where that is not known.
	Enum []string
	// Properties are the members of objects; Values is what all members have
	// in common where names are data.
	Properties []Property
	Values     *Schema
	// Items is of an array's items; nil where none was seen.
	Items *Schema
	// Example is a value that was seen; nil for none.
	Example *jsondoc.Value
}

// A Property is a member of an object.
type Property struct {
	Name string
	// Required says that every object has it. Seen and Of are in how many
	// objects it was, of how many.
	Required bool
	Seen, Of int
	Schema   *Schema
}
