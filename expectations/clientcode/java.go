package clientcode

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/pactape/pactape/expectations"
)

// A javaText is code for MockServer's Java client (MockServer 7
// org.mockserver.serialization.java). What stands deeper is indented by eight
// blanks for each level.
type javaText struct{ strings.Builder }

// line begins a line.
func (j *javaText) line(level int, text string) {
	j.WriteByte('\n')
	for range level {
		j.WriteString("        ")
	}
	j.WriteString(text)
}

// with is a call in a chain with one argument, which is code.
func (j *javaText) with(level int, name, argument string) {
	j.line(level, ".with"+name+"("+argument+")")
}

// block is a call in a chain whose arguments stand on lines of their own.
func (j *javaText) block(level int, name string, arguments func(level int)) {
	j.line(level, ".with"+name+"(")
	arguments(level + 1)
	j.line(level, ")")
}

// list is code for several things, with commas between them.
func (j *javaText) list(n int, item func(i int)) {
	for i := range n {
		item(i)
		if i < n-1 {
			j.WriteByte(',')
		}
	}
}

// java is code that makes an expectation.
func java(e *expectations.Expectation) string {
	j := new(javaText)
	j.line(0, `new MockServerClient("localhost", 1080)`)
	j.line(0, ".when(")
	request := e.Request
	if request == nil {
		request = &expectations.RequestMatcher{}
	}
	j.request(1, request)
	j.WriteByte(',')
	j.line(1, javaTimes(e.Times)+",")
	j.line(1, javaTimeToLive(e.TimeToLive)+",")
	j.line(1, strconv.Itoa(e.Priority))
	j.line(0, ")")
	if e.Percentage != nil {
		j.with(0, "Percentage", strconv.Itoa(*e.Percentage))
	}
	for _, s := range [...]struct{ name, text string }{
		{"ScenarioName", e.Scenario.Name}, {"ScenarioState", e.Scenario.State}, {"NewScenarioState", e.Scenario.Next},
	} {
		if s.text != "" {
			j.with(0, s.name, javaString(s.text))
		}
	}
	j.action(e.Action)
	j.WriteString(";\n\n")
	return j.String()
}

func javaTimes(t expectations.Times) string {
	switch {
	case !t.Limited:
		return "Times.unlimited()"
	case t.Remaining == 1:
		return "Times.once()"
	}
	return fmt.Sprintf("Times.exactly(%d)", t.Remaining)
}

func javaTimeToLive(t expectations.TimeToLive) string {
	if !t.Limited {
		return "TimeToLive.unlimited()"
	}
	return fmt.Sprintf("TimeToLive.exactly(TimeUnit.%s, %dL)", t.Unit, t.Value)
}

// delay is a delay, if it says something.
func (j *javaText) delay(level int, name string, d expectations.Delay) {
	if d.Unit == "" {
		return
	}
	code := fmt.Sprintf("new Delay(TimeUnit.%s, %d)", d.Unit, d.Value)
	if x := d.Distribution; x != nil {
		make, a, b := "uniform", x.Min, x.Max
		switch x.Kind {
		case expectations.LogNormal:
			make, a, b = "logNormal", x.Median, x.P99
		case expectations.Gaussian:
			make, a, b = "gaussian", x.Mean, x.StdDev
		case expectations.Uniform:
		}
		code = fmt.Sprintf("Delay.%s(TimeUnit.%s, %d, %d)", make, d.Unit, a, b)
	}
	j.with(level, name, code)
}

// javaBytes is code for bytes.
func javaBytes(b []byte) string {
	return `new Base64Converter().base64StringToBytes("` + base64.StdEncoding.EncodeToString(b) + `")`
}

// javaString is a literal (JLS 3.10.5) with what is not ASCII escaped.
func javaString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if short, ok := javaEscapes[r]; ok {
			b.WriteString(short)
			continue
		}
		switch {
		case r >= ' ' && r <= '\x7f':
			b.WriteRune(r)
		case r > '\uffff':
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04X\u%04X`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

var javaEscapes = map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\n': `\n`, '\t': `\t`, '\f': `\f`, '\r': `\r`}
