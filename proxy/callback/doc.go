// Package callback keeps the WebSocket connections of programs that answer for
// expectations themselves: MockServer's object callbacks. A client connects
// and is told its id, puts expectations that name it, and is then asked, for
// each request that matches, what to answer or what to send.
//
// The messages are MockServer's (MockServer 7 WebSocketClientRegistry): an
// object with a type, which is the name of one of its classes, and a value,
// which is a text that holds JSON. A question carries its number in a header
// field of the message it is about, and the client gives it back in the same
// field of the answer.
//
// # What it is not for
//
// Who may connect is decided before (package proxy/admin), when a client is
// asked is a matter of package proxy, and what goes through a proxied
// WebSocket is none of ours.
package callback
