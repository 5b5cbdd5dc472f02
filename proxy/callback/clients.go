package callback

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"github.com/pactape/pactape/expectations"
)

const (
	// DefaultMaxClients is how many clients may be connected unless told
	// otherwise (MockServer maxWebSocketExpectations).
	DefaultMaxClients = 1500
	// DefaultTimeout is how long a client is waited for unless told otherwise
	// (MockServer maxFutureTimeoutInMillis).
	DefaultTimeout = 90 * time.Second
	// DefaultMaxMessage bounds a message, in bytes, unless told otherwise.
	DefaultMaxMessage = 64 << 20
)

// registrationID is the field in which a client may choose its id, and is told
// it.
const registrationID = "X-Client-Registration-Id"

// ErrGone is wrapped by the error of a question to a client that is not
// connected, or that left before it answered.
var ErrGone = errors.New("the callback client is not connected")

// Options are the options of [New].
type Options struct {
	// MaxClients bounds the clients; 0 is [DefaultMaxClients].
	MaxClients int
	// Timeout is how long an answer is waited for; 0 is [DefaultTimeout].
	Timeout time.Duration
	// MaxMessage bounds a message in bytes; 0 is [DefaultMaxMessage].
	MaxMessage int64
	// Logger is told of messages that make no sense; nil discards.
	Logger *slog.Logger
}

// Clients are the clients that are connected. It is safe for concurrent use.
type Clients struct {
	o   Options
	log *slog.Logger

	// responses and requests count the questions that wait for one.
	responses, requests atomic.Int64

	mu     sync.Mutex // guards what follows
	byID   map[string]*client
	closed bool
}

// A client is one connection.
type client struct {
	id      string
	session expectations.SessionID
	conn    *websocket.Conn
	gone    chan struct{} // closed when the connection has ended

	mu      sync.Mutex // guards waiting
	waiting map[string]chan message
}

// New returns a registry without clients.
func New(o Options) *Clients {
	if o.MaxClients <= 0 {
		o.MaxClients = DefaultMaxClients
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MaxMessage <= 0 {
		o.MaxMessage = DefaultMaxMessage
	}
	c := &Clients{o: o, log: o.Logger, byID: map[string]*client{}}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c
}

// Serve makes a WebSocket connection of a request and serves it until it ends.
// The session is the one whose reset ends it.
func (c *Clients) Serve(w http.ResponseWriter, r *http.Request, session expectations.SessionID) {
	if r.ProtoMajor != 1 {
		http.Error(w, "callbacks are served over HTTP/1.1 alone", http.StatusNotImplemented)
		return
	}
	id := r.Header.Get(registrationID)
	if id == "" {
		id = uuid.NewString()
	}
	if !c.room(id) {
		http.Error(w, fmt.Sprintf("there are %d callback clients, no more are served", c.o.MaxClients), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set(registrationID, id)
	// Where the request may come from has been decided already.
	conn, err := websocket.Accept(takeover{w}, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // the client has been told
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(c.o.MaxMessage)
	cl := &client{id: id, session: session, conn: conn, gone: make(chan struct{}), waiting: map[string]chan message{}}
	defer close(cl.gone)
	if !c.add(cl) {
		return
	}
	defer c.remove(cl)
	// The context of a request ends with its connection's server loop, which
	// has been left.
	c.serve(context.WithoutCancel(r.Context()), cl)
}

// serve tells the client its id and reads what it says.
func (c *Clients) serve(ctx context.Context, cl *client) {
	if err := cl.send(ctx, registered(cl.id)); err != nil {
		return
	}
	for {
		_, data, err := cl.conn.Read(ctx)
		if err != nil {
			return
		}
		m, err := readMessage(data)
		if err != nil {
			c.log.WarnContext(ctx, "callback client sent a message that makes no sense",
				slog.String("client", cl.id), slog.Any("error", err))
			continue
		}
		cl.deliver(m)
	}
}

func (c *Clients) room(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, known := c.byID[id]
	return !c.closed && (known || len(c.byID) < c.o.MaxClients)
}

// add registers a client in the place of another of its id. It reports false
// once the registry is closed, or full.
func (c *Clients) add(cl *client) bool {
	c.mu.Lock()
	former := c.byID[cl.id]
	taken := !c.closed && (former != nil || len(c.byID) < c.o.MaxClients)
	if taken {
		c.byID[cl.id] = cl
	}
	c.mu.Unlock()
	if taken && former != nil {
		_ = former.conn.CloseNow()
	}
	return taken
}

func (c *Clients) remove(cl *client) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byID[cl.id] == cl {
		delete(c.byID, cl.id)
	}
}

// Len is the number of clients.
func (c *Clients) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.byID)
}

// Waiting is how many questions to clients have not been answered yet: those
// that a response is the answer to, and those that a request to forward is.
func (c *Clients) Waiting() (responses, requests int) {
	return int(c.responses.Load()), int(c.requests.Load())
}

// Reset ends the connections of a session.
func (c *Clients) Reset(session expectations.SessionID) {
	c.mu.Lock()
	all := c.clients()
	c.mu.Unlock()
	for _, cl := range all {
		if cl.session == session {
			_ = cl.conn.CloseNow()
		}
	}
}

// Close ends all connections and takes no more.
func (c *Clients) Close() {
	c.mu.Lock()
	c.closed = true
	all := c.clients()
	c.mu.Unlock()
	for _, cl := range all {
		_ = cl.conn.CloseNow()
	}
}

// clients are those of now. c.mu is held, but must not be while their
// connections are closed: over TLS that writes.
func (c *Clients) clients() []*client { return slices.Collect(maps.Values(c.byID)) }

// ask sends a question to a client and waits for its answer, during which the
// question is counted.
func (c *Clients) ask(ctx context.Context, id string, waiting *atomic.Int64, question func(number string) message) (message, error) {
	c.mu.Lock()
	cl := c.byID[id]
	c.mu.Unlock()
	if cl == nil {
		return message{}, fmt.Errorf("%w: %s", ErrGone, id)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.o.Timeout,
		fmt.Errorf("callback client %s did not answer within %s", id, c.o.Timeout))
	defer cancel()
	waiting.Add(1)
	defer waiting.Add(-1)
	number := uuid.NewString()
	answer := make(chan message, 1)
	cl.wait(number, answer)
	defer cl.wait(number, nil)
	if err := cl.send(ctx, question(number)); err != nil {
		if ctx.Err() != nil {
			return message{}, context.Cause(ctx)
		}
		return message{}, fmt.Errorf("%w: %s", ErrGone, id)
	}
	select {
	case m := <-answer:
		return m, m.failure()
	case <-cl.gone:
		return message{}, fmt.Errorf("%w: %s", ErrGone, id)
	case <-ctx.Done():
		return message{}, context.Cause(ctx)
	}
}

// wait has the answer to a question sent to a channel; nil ends that.
func (cl *client) wait(number string, answer chan message) {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	if answer == nil {
		delete(cl.waiting, number)
	} else {
		cl.waiting[number] = answer
	}
}

// deliver hands an answer to who waits for it. What nobody waits for any more
// is dropped, and so is a second answer.
func (cl *client) deliver(m message) {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	if answer := cl.waiting[m.number]; answer != nil {
		delete(cl.waiting, m.number)
		answer <- m // has room for one
	}
}

func (cl *client) send(ctx context.Context, m message) error {
	return cl.conn.Write(ctx, websocket.MessageText, m.encode())
}

// A takeover is a writer whose connection can be taken over together with a
// reader and a writer of its own, which that of the proxy comes without.
type takeover struct{ http.ResponseWriter }

// Hijack implements [http.Hijacker].
func (t takeover) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, _, err := http.NewResponseController(t.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	return conn, bufio.NewReadWriter(bufio.NewReader(conn), bufio.NewWriter(conn)), nil
}

// correlationID is the header field that carries the number of a question
// (MockServer WebSocketMessageSerializer).
const correlationID = "WebSocketCorrelationId"

// takeNumber removes the number of a question from header fields.
func takeNumber(h http.Header) {
	for name := range h {
		if strings.EqualFold(name, correlationID) {
			delete(h, name)
		}
	}
}
