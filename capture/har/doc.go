// Package har writes HAR 1.2 archives (HTTP Archive, the format of browsers'
// developer tools) from recorded exchanges ([WriteExchanges]), from the
// request log ([WriteEntries], [WriteRequests]) and from expectations
// ([WriteExpectations]), and reads them into expectations ([Read]).
//
// Archives are written as they are read: memory does not grow with their
// number. Times are ISO 8601 in UTC with milliseconds, bodies are decoded and
// base64 where they are not UTF-8 text, serverIPAddress is the upstream
// connected to. What is not known is -1, or left out where HAR 1.2 allows it.
//
// # What it is not for
//
// It redacts nothing: exchanges of a recording are redacted before they are
// stored, the request log never is.
//
// # Design
//
// HAR 1.2 has no place for a few things that a recording knows; they are
// custom fields, which begin with an underscore as HAR 1.2 asks: _error (why
// there is no complete response), _trailers, and _encoding of a binary request
// body, which HAR 1.2 allows for responses only. Truncated bodies say so in
// their comment.
//
// What is read differs from MockServer's import where that loses something:
// ids come from what is matched instead of the place in the archive, so that a
// second archive does not overwrite the first; equal requests are answered in
// turn; binary bodies stay binary; JSON bodies are compared as JSON and forms
// as forms, of any length; hosts are told apart where they have to be; and
// responses lose Content-Encoding, since archives hold content decoded.
package har
