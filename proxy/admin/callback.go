package admin

import (
	"net/http"

	"github.com/pactape/pactape/expectations"
)

// Callbacks serves programs that answer for expectations.
type Callbacks interface {
	// Serve makes a WebSocket connection of the request and serves it to its
	// end. The session is the one it belongs to.
	Serve(w http.ResponseWriter, r *http.Request, session expectations.SessionID)
	// Reset ends the connections of a session.
	Reset(session expectations.SessionID)
}

// callbackPath is where callback clients connect, without prefix (MockServer 7
// CallbackWebSocketServerHandler).
const callbackPath = "/_mockserver_callback_websocket"

func (c *call) callback() error {
	if c.Callbacks == nil {
		return &failure{status: http.StatusNotFound, text: "this server has no callbacks"}
	}
	c.Callbacks.Serve(c.w, c.r, c.space.ID)
	return nil
}
