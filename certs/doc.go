// Package certs makes the certificates with which pactape ends TLS: one
// certificate authority per user, kept in the home directory, and leaves
// minted on demand for the names that clients ask for.
package certs
