// Package xmldoc reads XML documents, says whether two of them are alike,
// looks into them with XPath 1.0, and turns them into JSON the way MockServer
// does.
//
// # Security
//
// A document is anything that someone sent. Entities other than the five of
// XML and character references are refused wherever they are used, so there is
// nothing to fetch and nothing to expand; a document type declaration is
// skipped. Nesting is bounded by [MaxDepth], the number of elements, texts and
// attributes by [MaxNodes], and what an XPath may visit by a budget.
//
// # What it is not for
//
// Comments and processing instructions are dropped, so documents cannot be
// written back. There is no validation by schema or document type.
package xmldoc
