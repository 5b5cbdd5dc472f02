package wire

import (
	"math"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// timeUnits are the names of [expectations.TimeUnit].
var timeUnits = []string{
	string(expectations.Days), string(expectations.Hours), string(expectations.Minutes), string(expectations.Seconds),
	string(expectations.Milliseconds), string(expectations.Microseconds), string(expectations.Nanoseconds),
}

func decodeUnit(d *decoder, v jsondoc.Value) expectations.TimeUnit {
	return expectations.TimeUnit(d.oneOf(v, timeUnits...))
}

// limits is times or timeToLive as written.
type limits struct {
	unlimited *bool
	count     *int64
	unit      expectations.TimeUnit
}

func (l limits) isUnlimited() bool { return l.unlimited != nil && *l.unlimited }

func decodeUnlimited(d *decoder, v jsondoc.Value, l *limits) { l.unlimited = new(d.boolean(v)) }

var timesFields = []field[limits]{
	{"remainingTimes", func(d *decoder, v jsondoc.Value, l *limits) {
		l.count = new(d.integer(v, math.MinInt32, math.MaxInt32))
	}},
	{"unlimited", decodeUnlimited},
}

// decodeTimes reads {"remainingTimes":n} or {"unlimited":true}; both empty
// and absent mean unlimited.
func decodeTimes(d *decoder, v jsondoc.Value) expectations.Times {
	var l limits
	object(d, v, timesFields, &l)
	switch {
	case l.isUnlimited(), l.count == nil && l.unlimited == nil:
		return expectations.Times{}
	case l.count == nil:
		d.push("remainingTimes")
		d.problem("is missing but it is required if unlimited is false")
		d.pop()
		return expectations.Times{}
	case *l.count < 0:
		d.push("remainingTimes")
		d.problem("must not be negative; for any number of times write {\"unlimited\":true}")
		d.pop()
	}
	return expectations.Times{Limited: true, Remaining: int(*l.count)}
}

func printTimes(p *printer, t expectations.Times) {
	p.Key("times")
	p.BeginObject()
	if t.Limited {
		p.Number("remainingTimes", int64(t.Remaining))
	} else {
		p.flag("unlimited", true)
	}
	p.EndObject()
}

var timeToLiveFields = []field[limits]{
	{"timeUnit", func(d *decoder, v jsondoc.Value, l *limits) { l.unit = decodeUnit(d, v) }},
	{"timeToLive", func(d *decoder, v jsondoc.Value, l *limits) { l.count = new(d.integer(v, 0, math.MaxInt64)) }},
	{"unlimited", decodeUnlimited},
	// When it ends follows from when it was put; MockServer prints it too.
	{"endDate", ignore[limits]},
}

// decodeTimeToLive reads {"timeUnit":…,"timeToLive":n} or {"unlimited":true};
// both empty and absent mean unlimited.
func decodeTimeToLive(d *decoder, v jsondoc.Value) expectations.TimeToLive {
	var l limits
	object(d, v, timeToLiveFields, &l)
	if l.isUnlimited() || l == (limits{}) {
		return expectations.TimeToLive{}
	}
	if _, given := v.Get("timeUnit"); !given {
		d.push("timeUnit")
		d.problem("is missing but it is required with timeToLive")
		d.pop()
	}
	if l.count == nil {
		d.push("timeToLive")
		d.problem("is missing but it is required unless unlimited is true")
		d.pop()
		return expectations.TimeToLive{}
	}
	return expectations.TimeToLive{Limited: true, Value: *l.count, Unit: l.unit}
}

func printTimeToLive(p *printer, t expectations.TimeToLive) {
	p.Key("timeToLive")
	p.BeginObject()
	if t.Limited {
		p.text("timeUnit", string(t.Unit))
		p.Number("timeToLive", t.Value)
	} else {
		p.flag("unlimited", true)
	}
	p.EndObject()
}
