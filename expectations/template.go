package expectations

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/pactape/pactape/expectations/mustache"
)

// A TemplateType is the language of a [Template]. MockServer has others.
type TemplateType string

// TemplateMustache is Mustache, as package expectations/mustache renders it.
const TemplateMustache TemplateType = "MUSTACHE"

// A Template is a text that makes a message of a request (MockServer
// httpTemplate). Make it with [NewTemplate] or [NewTemplateFile].
type Template struct {
	// Type is [TemplateMustache].
	Type TemplateType
	// Text is the template as written.
	Text string
	// File, if not "", is the path of the file that has the template if Text is
	// "". It is read each time, see [CheckAnswerFile].
	File string

	mustache *mustache.Template
	// latest is what the file was when it was read last.
	latest atomic.Pointer[Template]
	// groups is the path of its expectation, once a rendering asks for it.
	groups atomic.Pointer[groupPattern]
}

// NewTemplate compiles a template, and the JSONPaths and XPaths in it. The error
// says what is wrong with it.
func NewTemplate(kind TemplateType, text string) (*Template, error) {
	if kind != TemplateMustache {
		return nil, fmt.Errorf("templates of type %s are not supported: write it in MUSTACHE", kind)
	}
	compiled, err := mustache.Parse(text, templateOptions)
	if err != nil {
		return nil, err
	}
	return &Template{Type: kind, Text: text, mustache: compiled}, nil
}

// NewTemplateFile is the template in a file, which need not be there yet. The
// error says what is wrong with the path.
func NewTemplateFile(kind TemplateType, path string) (*Template, error) {
	if err := CheckAnswerFile(path); err != nil {
		return nil, err
	}
	return &Template{Type: kind, File: path}, nil
}

// read is the template of a file as it is now.
func (t *Template) read() (*Template, error) {
	content, err := readAnswerFile(t.File)
	if err != nil {
		return nil, fmt.Errorf("the template's file %q cannot be read: %w", t.File, fileReason(err))
	}
	if known := t.latest.Load(); known != nil && known.Text == string(content) {
		return known, nil
	}
	made, err := NewTemplate(t.Type, string(content))
	if err != nil {
		return nil, fmt.Errorf("the template's file %q: %w", t.File, err)
	}
	t.latest.Store(made)
	return made, nil
}

// Equal reports whether the two are written the same.
func (t *Template) Equal(other *Template) bool {
	if t == nil || other == nil {
		return t == other
	}
	return t.Type == other.Type && t.Text == other.Text && t.File == other.File
}

// A TemplateInput is what a template is rendered for. Request must be set; the
// bodies must be decoded.
type TemplateInput struct {
	// Space has the scenarios whose states can be asked for, and the issuer of
	// tokens; nil is one in which nothing has happened.
	Space *Space
	// Expectation is the one that matched, whose path names groups and
	// parameters.
	Expectation *Expectation
	// Request is what the template is about.
	Request *Request
	// Response, if not nil, is what the request was answered.
	Response *Response
}

// Render renders the template. The error wraps [mustache.ErrTooMuch], or is
// about its file.
func (t *Template) Render(in TemplateInput) (string, error) {
	if in.Expectation == nil {
		in.Expectation = &Expectation{}
	}
	if t.mustache == nil {
		var err error
		if t, err = t.read(); err != nil {
			return "", err
		}
	}
	return t.mustache.Render(newTemplateScope(t, in))
}

// RespondTemplate answers with the response that its template makes
// (MockServer httpResponseTemplate).
type RespondTemplate struct {
	// Template makes the JSON of a response.
	Template *Template
	// Answer changes that.
	Answer AnswerChange
	// Delay is waited before the answer is sent.
	Delay Delay
}

// Kind is "httpResponseTemplate".
func (*RespondTemplate) Kind() string { return "httpResponseTemplate" }

func (*RespondTemplate) isAction() {}

func (r *RespondTemplate) check() error {
	if r == nil || r.Template == nil {
		return errors.New("an httpResponseTemplate needs a template")
	}
	return nil
}

// ForwardTemplate has the request that its template makes answered by a
// server (MockServer httpForwardTemplate).
type ForwardTemplate struct {
	// Template makes the JSON of a request.
	Template *Template
	// Answer changes the server's answer.
	Answer AnswerChange
	// Delay is waited before the request is sent.
	Delay Delay
}

// Kind is "httpForwardTemplate".
func (*ForwardTemplate) Kind() string { return "httpForwardTemplate" }

func (*ForwardTemplate) isAction() {}

func (f *ForwardTemplate) check() error {
	if f == nil || f.Template == nil {
		return errors.New("an httpForwardTemplate needs a template")
	}
	return nil
}
