package admin

import (
	"io"
	"net/http"
)

// stream answers with what produce writes, as it writes it. An error before
// anything was sent is returned, to be answered with a status. After that the
// answer is broken off: the client must not take a part of one for the whole.
func (c *call) stream(status int, contentType string, produce func(io.Writer) error) error {
	out := &streamWriter{w: c.w, status: status, contentType: contentType}
	err := produce(out)
	if err == nil {
		err = out.release()
	}
	if err == nil || !out.begun {
		return err
	}
	if ctx := c.r.Context(); ctx.Err() == nil {
		c.log.ErrorContext(ctx, "answer broke off", "method", c.r.Method, "path", c.r.URL.Path, "error", err)
	}
	panic(http.ErrAbortHandler)
}

// A streamWriter holds the latest chunk back until the next one, and sends the
// head of the answer with the first: encoders report what they had to leave
// out when they have written the end, which must not be sent then.
type streamWriter struct {
	w           http.ResponseWriter
	status      int
	contentType string
	held        []byte
	begun       bool
}

// Write implements [io.Writer].
func (s *streamWriter) Write(p []byte) (int, error) {
	if err := s.release(); err != nil {
		return 0, err
	}
	s.held = append(s.held[:0], p...)
	return len(p), nil
}

// release sends what is held back.
func (s *streamWriter) release() error {
	if len(s.held) == 0 {
		return nil
	}
	if !s.begun {
		s.begun = true
		head(s.w, s.contentType, true)
		s.w.WriteHeader(s.status)
	}
	_, err := s.w.Write(s.held)
	return err
}
