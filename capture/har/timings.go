package har

import (
	"math"
	"strconv"
	"time"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// timings are HAR 1.2 §timings in milliseconds; -1 means that a phase does not
// apply or is not known.
type timings struct {
	blocked, dns, connect, ssl float64
	// send, wait and receive must not be negative.
	send, wait, receive float64
}

// unknown is what is said of requests whose timings were not taken.
func unknown() timings { return timings{blocked: -1, dns: -1, connect: -1, ssl: -1} }

// phases are the timings of an exchange. TLS counts as part of connect too
// (HAR 1.2 §timings, for compatibility with 1.1). What the phases leave of
// the whole was spent waiting for a connection.
func phases(t capture.Timings) timings {
	out := unknown()
	if t.DNS > 0 {
		out.dns = milliseconds(t.DNS)
	}
	if t.Connect > 0 || t.TLS > 0 {
		out.connect = milliseconds(t.Connect + t.TLS)
	}
	if t.TLS > 0 {
		out.ssl = milliseconds(t.TLS)
	}
	out.send, out.wait, out.receive = milliseconds(t.Send), milliseconds(t.Wait), milliseconds(t.Receive)
	if out == unknown() {
		out.wait = milliseconds(t.Total) // answered without an upstream
		return out
	}
	if rest := t.Total - (t.DNS + t.Connect + t.TLS + t.Send + t.Wait + t.Receive); rest > 0 {
		out.blocked = milliseconds(rest)
	}
	return out
}

// milliseconds is d with a precision of microseconds, never negative.
func milliseconds(d time.Duration) float64 {
	return float64(max(d, 0).Microseconds()) / 1000
}

// total is the sum of what is known; ssl is part of connect.
func (t timings) total() float64 {
	sum := 0.0
	for _, phase := range []float64{t.blocked, t.dns, t.connect, t.send, t.wait, t.receive} {
		sum += max(phase, 0)
	}
	return math.Round(sum*1000) / 1000
}

func (t timings) print(p *jsondoc.Printer) {
	p.BeginObject()
	number(p, "blocked", t.blocked)
	number(p, "dns", t.dns)
	number(p, "connect", t.connect)
	number(p, "ssl", t.ssl)
	number(p, "send", t.send)
	number(p, "wait", t.wait)
	number(p, "receive", t.receive)
	p.EndObject()
}

func number(p *jsondoc.Printer, name string, f float64) {
	p.Key(name)
	p.Value(jsondoc.Number(strconv.FormatFloat(f, 'f', -1, 64)))
}
