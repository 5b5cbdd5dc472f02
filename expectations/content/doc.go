// Package content undoes content codings (RFC 9110 §8.4) of recorded bodies
// and tells what a media type holds.
//
// [Decode] handles gzip, deflate, br and zstd and chains of them. What it
// gives out is bounded, and so is what it reads between the stages of a chain:
// a small body that would inflate to gigabytes ends as a truncated one.
//
// # What it is not for
//
// Traffic on its way is never decoded: a proxied message keeps its
// Accept-Encoding and Content-Encoding. Package content is for the copy that
// is stored, compared or printed. It does not parse what it decodes (package
// jsondoc reads JSON), and it does not convert character sets.
package content
