package clientcode

import (
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations"
)

// action is the end of the chain.
func (j *javaText) action(action expectations.Action) {
	switch a := action.(type) {
	case *expectations.Respond:
		j.respond(a)
	case *expectations.RespondTemplate:
		j.act("respond", func() { j.template(1, a.Template, a.Answer, a.Delay) })
	case *expectations.Forward:
		j.act("forward", func() { j.forward(a) })
	case *expectations.ForwardTemplate:
		j.act("forward", func() { j.template(1, a.Template, a.Answer, a.Delay) })
	case *expectations.Override:
		j.act("forward", func() { j.override(a) })
	case *expectations.Fail:
		j.act("error", func() { j.fail(a) })
	case *expectations.Callback:
		j.line(0, "/*NOT POSSIBLE TO GENERATE CODE FOR OBJECT CALLBACK*/")
	case *expectations.Fallback:
		j.line(0, "/*NOT POSSIBLE TO GENERATE CODE FOR FORWARD WITH FALLBACK*/")
	default:
		j.line(0, "/*NOT POSSIBLE TO GENERATE CODE FOR "+action.Kind()+"*/")
	}
}

// act is a call whose argument stands below it.
func (j *javaText) act(name string, argument func()) {
	j.line(0, "."+name+"(")
	argument()
	j.line(0, ")")
}

func (j *javaText) respond(a *expectations.Respond) {
	if a.Mode != "" {
		j.line(0, ".withResponseMode(org.mockserver.mock.ResponseMode."+string(a.Mode)+")")
	}
	if !a.List {
		j.act("respond", func() { j.answer(1, a.Answers[0]) })
		return
	}
	j.line(0, ".respond(java.util.Arrays.asList(")
	j.list(len(a.Answers), func(i int) {
		j.line(1, "")
		j.answer(2, a.Answers[i])
	})
	j.line(0, "))")
}

// answer is code for a response.
func (j *javaText) answer(level int, a *expectations.Answer) {
	j.line(level, "response()")
	level++
	if a.Status != 0 {
		j.with(level, "StatusCode", strconv.Itoa(a.Status))
	}
	if a.Reason != "" {
		j.with(level, "ReasonPhrase", javaString(a.Reason))
	}
	j.header(level, "Headers", a.Header)
	j.header(level, "Trailers", a.Trailer)
	j.cookies(level, a.Cookies)
	if a.Body != nil {
		if code := answerBody(a.Body); code != "" {
			j.with(level, "Body", code)
		}
	}
	j.delay(level, "Delay", a.Delay)
	if a.Connection != nil {
		j.block(level, "ConnectionOptions", func(level int) { j.connectionOptions(level, a.Connection) })
	}
}

func (j *javaText) connectionOptions(level int, o *expectations.ConnectionOptions) {
	j.line(level, "connectionOptions()")
	level++
	if o.SuppressContentLength {
		j.with(level, "SuppressContentLengthHeader", "true")
	}
	if o.ContentLength != nil {
		j.with(level, "ContentLengthHeaderOverride", strconv.FormatInt(*o.ContentLength, 10))
	}
	if o.SuppressConnection {
		j.with(level, "SuppressConnectionHeader", "true")
	}
	if o.ChunkSize > 0 {
		j.with(level, "ChunkSize", strconv.Itoa(o.ChunkSize))
	}
	j.delay(level, "ChunkDelay", o.ChunkDelay)
	if o.KeepAlive != nil {
		j.with(level, "KeepAliveOverride", strconv.FormatBool(*o.KeepAlive))
	}
	if o.CloseSocket != nil {
		j.with(level, "CloseSocket", strconv.FormatBool(*o.CloseSocket))
	}
	j.delay(level, "CloseSocketDelay", o.CloseSocketDelay)
}

// template is code for a template, and for what changes what is made of it.
func (j *javaText) template(level int, t *expectations.Template, change expectations.AnswerChange, delay expectations.Delay) {
	j.line(level, "template(HttpTemplate.TemplateType."+string(t.Type)+")")
	level++
	j.with(level, "Template", javaString(t.Text))
	j.delay(level, "Delay", delay)
	j.change(level, change)
}

func (j *javaText) change(level int, c expectations.AnswerChange) {
	if c.Override != nil {
		j.block(level, "ResponseOverride", func(level int) { j.answer(level, c.Override) })
	}
	if m := c.Modifier; m != nil {
		j.block(level, "ResponseModifier", func(level int) {
			j.line(level, "responseModifier()")
			j.values(level+1, "Headers", "headers", "Header", m.Header)
			j.values(level+1, "Cookies", "cookies", "Cookie", m.Cookies)
		})
	}
}

func (j *javaText) forward(f *expectations.Forward) {
	port, scheme := f.Port, "HTTP"
	if port == 0 {
		port = 80
	}
	if f.Secure {
		scheme = "HTTPS"
	}
	j.line(1, "forward()")
	j.with(2, "Host", javaString(f.Host))
	j.with(2, "Port", strconv.Itoa(port))
	j.with(2, "Scheme", "HttpForward.Scheme."+scheme)
	j.delay(2, "Delay", f.Delay)
}

func (j *javaText) fail(f *expectations.Fail) {
	j.line(1, "error()")
	j.delay(2, "Delay", f.Delay)
	if f.Drop {
		j.with(2, "DropConnection", "true")
	}
	if len(f.Bytes) > 0 {
		j.with(2, "ResponseBytes", javaBytes(f.Bytes))
	}
}

func (j *javaText) override(o *expectations.Override) {
	j.line(1, "forwardOverriddenRequest()")
	if o.Request != nil {
		j.block(2, "RequestOverride", func(level int) { j.outgoing(level, o.Request) })
	}
	if m := o.Modifier; m != nil {
		j.block(2, "RequestModifier", func(level int) {
			j.line(level, "requestModifier()")
			if p := m.Path; p != nil {
				j.with(level+1, "Path", javaString(p.Regex)+","+javaString(p.Replacement))
			}
			j.values(level+1, "QueryStringParameters", "parameters", "Parameter", m.Query)
			j.values(level+1, "Headers", "headers", "Header", m.Header)
			j.values(level+1, "Cookies", "cookies", "Cookie", m.Cookies)
		})
	}
	j.change(2, o.Answer)
	if o.Template != nil {
		j.block(2, "ResponseTemplate", func(level int) {
			j.template(level, o.Template, expectations.AnswerChange{}, expectations.Delay{})
		})
	}
	j.delay(2, "Delay", o.Delay)
}

// values is a call with what is added, what is replaced, and what is removed.
func (j *javaText) values(level int, name, list, kind string, m *expectations.ValuesModifier) {
	if m == nil {
		return
	}
	j.block(level, name, func(level int) {
		for _, all := range [...][]expectations.NamedValues{m.Add, m.Replace} {
			if len(all) == 0 {
				j.line(level, "null,")
				continue
			}
			j.line(level, list+"(")
			j.named(level+1, kind, all)
			j.line(level, "),")
		}
		if len(m.Remove) == 0 {
			j.line(level, "null")
			return
		}
		names := make([]string, 0, len(m.Remove))
		for _, n := range m.Remove {
			names = append(names, javaString(n))
		}
		j.line(level, "ImmutableList.of("+strings.Join(names, ",")+")")
	})
}
