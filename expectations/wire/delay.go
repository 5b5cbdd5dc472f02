package wire

import (
	"math"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// A delayDraft is a delay while it is read.
type delayDraft struct {
	expectations.Delay
	template templateDraft
}

var delayFields = []field[delayDraft]{
	{"timeUnit", func(d *decoder, v jsondoc.Value, into *delayDraft) { into.Unit = decodeUnit(d, v) }},
	{"value", func(d *decoder, v jsondoc.Value, into *delayDraft) {
		into.Value = d.integer(v, 0, math.MaxInt64)
	}},
	{"distribution", func(d *decoder, v jsondoc.Value, into *delayDraft) {
		into.Distribution = decodeDistribution(d, v)
	}},
	{"template", func(d *decoder, v jsondoc.Value, into *delayDraft) { into.template.decodeText(d, v) }},
	{"templateType", func(d *decoder, v jsondoc.Value, into *delayDraft) {
		into.template.kind = decodeTemplateType(d, v, "VELOCITY")
	}},
}

// decodeDelay reads {"timeUnit":…,"value":n} or {"timeUnit":…,"distribution":
// {…}}; the unit is MILLISECONDS if absent. A distribution takes the place of
// a value. With "template" and "templateType" they count where those make no
// number.
func decodeDelay(d *decoder, v jsondoc.Value) expectations.Delay {
	var delay delayDraft
	object(d, v, delayFields, &delay)
	if t := &delay.template; t.kind != "" || t.text.Kind != jsondoc.KindNull {
		delay.Template = t.compile(d, v)
	}
	if delay.Distribution != nil {
		delay.Value = 0
	}
	if delay.Unit == "" && (delay.Value != 0 || delay.Distribution != nil) {
		delay.Unit = expectations.Milliseconds
	}
	return delay.Delay
}

// distributionFields are the members of a distribution (MockServer 7
// delayDistribution.json). MockServer's parameters are whole numbers.
var distributionFields = []field[expectations.Distribution]{
	{"type", func(d *decoder, v jsondoc.Value, into *expectations.Distribution) {
		into.Kind = expectations.DistributionKind(d.oneOf(v,
			string(expectations.Uniform), string(expectations.LogNormal), string(expectations.Gaussian)))
	}},
	{"min", parameter(func(x *expectations.Distribution) *int64 { return &x.Min })},
	{"max", parameter(func(x *expectations.Distribution) *int64 { return &x.Max })},
	{"median", parameter(func(x *expectations.Distribution) *int64 { return &x.Median })},
	{"p99", parameter(func(x *expectations.Distribution) *int64 { return &x.P99 })},
	{"mean", parameter(func(x *expectations.Distribution) *int64 { return &x.Mean })},
	{"stdDev", parameter(func(x *expectations.Distribution) *int64 { return &x.StdDev })},
}

func parameter(of func(*expectations.Distribution) *int64) func(*decoder, jsondoc.Value, *expectations.Distribution) {
	return func(d *decoder, v jsondoc.Value, into *expectations.Distribution) {
		*of(into) = d.integer(v, 0, math.MaxInt64)
	}
}

// decodeDistribution reads a distribution. Its parameters must make one: what
// its type does not name is dropped.
func decodeDistribution(d *decoder, v jsondoc.Value) *expectations.Distribution {
	var x expectations.Distribution
	known := len(d.problems)
	object(d, v, distributionFields, &x)
	if len(d.problems) > known {
		return nil
	}
	switch x.Kind {
	case expectations.Uniform:
		if x.Max < x.Min {
			d.problem("UNIFORM needs min and max, and max must not be below min")
		}
		return &expectations.Distribution{Kind: x.Kind, Min: x.Min, Max: x.Max}
	case expectations.LogNormal:
		if x.Median <= 0 || x.P99 < x.Median {
			d.problem("LOG_NORMAL needs a median above 0 and a p99 that is not below it")
		}
		return &expectations.Distribution{Kind: x.Kind, Median: x.Median, P99: x.P99}
	case expectations.Gaussian:
		return &expectations.Distribution{Kind: x.Kind, Mean: x.Mean, StdDev: x.StdDev}
	}
	d.push("type")
	d.problem("is missing but it is required in a distribution")
	d.pop()
	return nil
}

// printDelay prints the member name, if the delay says something.
func printDelay(p *printer, name string, delay expectations.Delay) {
	if delay.Unit == "" && delay.Template == nil {
		return
	}
	p.Key(name)
	p.BeginObject()
	if delay.Template != nil {
		p.Text("template", delay.Template.Text)
		p.text("templateType", string(delay.Template.Type))
	}
	if delay.Distribution != nil {
		printDistribution(p, delay.Distribution)
	}
	p.text("timeUnit", string(delay.Unit))
	p.Number("value", delay.Value)
	p.EndObject()
}

func printDistribution(p *printer, x *expectations.Distribution) {
	p.Key("distribution")
	p.BeginObject()
	switch x.Kind {
	case expectations.Uniform:
		p.Number("max", x.Max)
		p.Number("min", x.Min)
	case expectations.LogNormal:
		p.Number("median", x.Median)
		p.Number("p99", x.P99)
	case expectations.Gaussian:
		p.Number("mean", x.Mean)
		p.Number("stdDev", x.StdDev)
	}
	p.text("type", string(x.Kind))
	p.EndObject()
}
