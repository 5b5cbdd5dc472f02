package expectations

// ConnectionOptions are what MockServer calls connectionOptions: how an
// [Answer] is put on the wire, against the rules where a test wants that. The
// zero value changes nothing. HTTP/2 has framing of its own (RFC 9113 §8):
// there only Chunk and CloseSocket have an effect.
type ConnectionOptions struct {
	// SuppressContentLength leaves Content-Length out; the end of the
	// connection ends the body then.
	SuppressContentLength bool
	// ContentLength, if not nil, is sent as Content-Length, true or not.
	ContentLength *int64
	// SuppressConnection leaves the Connection field out.
	SuppressConnection bool
	// ChunkSize, if above 0, sends the body in pieces of so many bytes, as
	// chunks over HTTP/1.1.
	ChunkSize int
	// ChunkDelay is waited between two pieces.
	ChunkDelay Delay
	// KeepAlive, if not nil, is what the Connection field says: keep-alive or
	// close.
	KeepAlive *bool
	// CloseSocket, if not nil, says whether the connection is closed after
	// the answer.
	CloseSocket *bool
	// CloseSocketDelay is waited before it is.
	CloseSocketDelay Delay
}
