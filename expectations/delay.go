package expectations

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// A Delay is MockServer's delay: a fixed one, or one drawn anew each time.
// The zero value is none.
type Delay struct {
	// Value is the length of a fixed delay, in Unit.
	Value int64
	// Unit is the unit of Value or of what Distribution draws.
	Unit TimeUnit
	// Distribution, if not nil, takes the place of Value.
	Distribution *Distribution
	// Template, if not nil, makes milliseconds of the request, which take the
	// place of both: see [Delay.At].
	Template *Template
}

// A DistributionKind is how a [Distribution] draws.
type DistributionKind string

// MockServer's distributions of a delay.
const (
	// Uniform draws between Min and Max.
	Uniform DistributionKind = "UNIFORM"
	// LogNormal draws so that half are below Median, 99 of 100 below P99.
	LogNormal DistributionKind = "LOG_NORMAL"
	// Gaussian draws around Mean with StdDev; what is negative is 0.
	Gaussian DistributionKind = "GAUSSIAN"
)

// A Distribution is what a random [Delay] is drawn from. The parameters that
// its Kind does not name are 0.
type Distribution struct {
	Kind         DistributionKind
	Min, Max     int64
	Median, P99  int64
	Mean, StdDev int64
}

// z99 is the standard score below which 99 of 100 normal values are.
const z99 = 2.3263478740408408

// draw returns a value, never negative.
func (d *Distribution) draw() float64 {
	v := 0.0
	switch d.Kind {
	case Uniform:
		v = float64(d.Min) + rand.Float64()*float64(d.Max-d.Min)
	case LogNormal:
		if d.Median > 0 {
			sigma := math.Log(float64(d.P99)/float64(d.Median)) / z99
			v = float64(d.Median) * math.Exp(sigma*rand.NormFloat64())
		}
	case Gaussian:
		v = float64(d.Mean) + rand.NormFloat64()*float64(d.StdDev)
	}
	return max(0, v)
}

// At is the delay for one request: what its template makes, if that is a number
// of milliseconds, not negative; else the delay without its template (MockServer
// 7 DelayTemplateResolver). Where there is a template, in must be as
// [Template.Render] wants it.
func (d Delay) At(in TemplateInput) Delay {
	if d.Template == nil {
		return d
	}
	text, err := d.Template.Render(in)
	d.Template = nil
	if err != nil {
		return d
	}
	length, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(length) || length < 0 || length >= math.MaxInt64 {
		return d
	}
	return Delay{Value: int64(length), Unit: Milliseconds}
}

// Duration is the delay as a duration, cut off at what one holds; never
// negative. With a distribution each call draws anew. A template does not count.
func (d Delay) Duration() time.Duration {
	unit := d.Unit.Duration()
	if d.Distribution != nil {
		if v := d.Distribution.draw() * float64(unit); v < math.MaxInt64 {
			return time.Duration(v)
		}
		return math.MaxInt64
	}
	if unit > 0 && d.Value > math.MaxInt64/int64(unit) {
		return math.MaxInt64
	}
	return max(0, time.Duration(d.Value)*unit)
}
