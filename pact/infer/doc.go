// Package infer makes contracts that generalise from recorded samples: of many
// exchanges with an endpoint, the interaction a careful person would write.
//
// [Infer] ranges over the samples a few times and keeps none of them:
//
//  1. Paths become templates (segment.go, template.go): /users/17 is
//     /users/{id}. Ids that a POST made are noted, to name provider states.
//  2. Samples of one endpoint, status and shape are a group. Each part of a
//     group's messages is merged: headers, query, the tree of a JSON body
//     (node.go), form fields. What is kept of values is bounded.
//  3. A group becomes an interaction: an example, which is the earliest sample
//     pruned to what all samples have, and a rule on every leaf and list.
//  4. Every sample is held against its interaction by package pact's own
//     engine, requests strictly, responses loosely. What does not hold is
//     widened and held again (check.go).
//  5. Teeth: every asserted leaf is broken in the example, and the interaction
//     must refuse it (teeth.go). Only such leaves count as asserted.
//
// The same samples give the same bytes, and so does any order of samples of
// different endpoints. More samples only widen what is there or add
// interactions. The [Report] says for each interaction why each rule is there,
// what is not asserted, and why; an [Override] changes a decision.
//
// The same templates let a recording answer requests for other ids, see
// [Replay]; [Export] puts what was inferred beside what was made by hand.
//
// # What it is not for
//
// It does not know where recordings are kept, and reads none: it is handed
// samples whose secrets have been replaced by tokens (package expectations).
// Hand-made expectations are exported as written, by [pact.Export]. Texts and
// multipart bodies are compared exactly or not at all; of XML, what the
// reference's rules cannot say is left out (xml.go). Files are asserted by the
// type that their magic numbers show, in Pact V4 and where that is the declared
// one (binary.go); images that answer a GET are what pages are made of.
//
// # Design
//
// A decimal needs ten different values before it may not be an integer: many
// writers print 20.0 as 20. An integer under a name like price or rate needs
// ten as well. A segment is judged by its own value, not by all at its place:
// /users/me stays a path of its own beside /users/17. Samples are not ordered
// in time when states are named: what a POST made is known to reads before it
// too, so that the order of endpoints in a recording changes nothing.
package infer
