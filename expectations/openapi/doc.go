// Package openapi speaks OpenAPI both ways: it makes expectations of a
// description (OpenAPI 3.0 and 3.1), and writes a description (3.1) of an API
// as it was observed.
//
// # What it is not for
//
// It observes nothing: package pact/infer describes recorded samples as a
// [Document]. It matches no request; schemas become conditions that package
// expectations judges.
//
// # Reading
//
// [Expectations] takes the order of paths, answers and members from the
// document, as MockServer does, and generates the values that MockServer
// generates. Bodies in JSON and in forms are matched by their schemas, others
// by their media type alone. Parameters are read in their style, each of
// OpenAPI's table, and in no other. [Matchers] makes the conditions alone. A
// pattern does not shape the example of a string.
//
// # Writing
//
// [Document.Append] writes what two samples or more always have as required,
// and how often it was seen as x-pactape-samples and x-pactape-seen. It writes
// no example of a place where a secret was replaced.
//
// # Design
//
// The library (kin-openapi) resolves references and knows the versions; its
// maps have no order, so that of the document is kept beside them, by the
// names that objects have together. Schemas of 3.0 become JSON Schema 2020-12,
// which refers to nothing outside of itself, since matching loads nothing.
package openapi
