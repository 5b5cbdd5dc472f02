// Package openapi speaks OpenAPI both ways: it makes expectations of a
// description (OpenAPI 3.0 and 3.1), and writes a description (3.1) of an API
// as it was observed.
//
// # What it is not for
//
// It observes nothing: package pact/infer describes recorded samples as a
// [Document]. It matches no request; schemas become conditions that package
// expectations judges.
package openapi
