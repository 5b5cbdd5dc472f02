package xmldoc

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/antchfx/xpath"
)

// ErrTooMuch says that an XPath visits more nodes of a document than is
// allowed.
var ErrTooMuch = errors.New("the XPath visits too many nodes")

const (
	// maxMoves is how many steps one evaluation may take.
	maxMoves = 1_000_000
	// textPerMove is how many bytes of text cost as much as a step.
	textPerMove = 64
	// maxXPath is the longest expression taken, in bytes.
	maxXPath = 8192
)

// An XPath is a compiled XPath 1.0 expression. It is safe for concurrent use.
type XPath struct {
	text string
	// pool has compiled expressions, each of which one goroutine may use at a
	// time: the engine keeps state in them.
	pool *sync.Pool
	// local says that prefixes of the document do not count.
	local bool
}

// quoted are the texts in an XPath.
var quoted = regexp.MustCompile(`"[^"]*"|'[^']*'`)

// prefixed reports whether an expression has prefixes, or asks for them.
func prefixed(text string) bool {
	text = strings.ReplaceAll(quoted.ReplaceAllString(text, ""), "::", "")
	return strings.Contains(text, ":") || strings.Contains(strings.ReplaceAll(text, "local-name(", ""), "name(")
}

// CompileXPath compiles an expression. Prefixes in it are those of namespaces,
// a map from prefix to URL. Without any, the prefixes of the document count if
// the expression has some, and else none do: /a finds <p:a> (as in MockServer,
// whose parser knows no namespaces then).
func CompileXPath(text string, namespaces map[string]string) (*XPath, error) {
	if len(text) > maxXPath {
		return nil, fmt.Errorf("the XPath is longer than %d bytes", maxXPath)
	}
	first, err := compileXPath(text, namespaces)
	if err != nil {
		return nil, err
	}
	pool := &sync.Pool{New: func() any {
		expr, _ := compileXPath(text, namespaces) // it compiled before
		return expr
	}}
	pool.Put(first)
	return &XPath{text, pool, len(namespaces) == 0 && !prefixed(text)}, nil
}

func compileXPath(text string, namespaces map[string]string) (expr *xpath.Expr, err error) {
	defer func() {
		if r := recover(); r != nil { // how the library tells of some errors
			expr, err = nil, fmt.Errorf("%v", r)
		}
	}()
	if len(namespaces) == 0 {
		return xpath.Compile(text)
	}
	return xpath.CompileWithNS(text, namespaces)
}

// String is the expression as written.
func (x *XPath) String() string { return x.text }

// Holds reports whether the expression is true of the document: a set of nodes
// that is not empty, a number other than 0 and NaN, a text that is not empty
// (XPath 1.0 §4.3 boolean()). The error is [ErrTooMuch], or about a function
// that was given what it is not for.
func (x *XPath) Holds(d *Document) (holds bool, err error) {
	err = x.evaluate(d, func(v any) {
		switch v := v.(type) {
		case bool:
			holds = v
		case float64:
			holds = v != 0 && !math.IsNaN(v)
		case string:
			holds = v != ""
		case *xpath.NodeIterator:
			holds = v.MoveNext()
		}
	})
	return holds && err == nil, err
}

// Text is what the expression makes of the document as text: of a set of
// nodes the text of the first one (XPath 1.0 §4.2 string()). The error is as
// that of [XPath.Holds].
func (x *XPath) Text(d *Document) (text string, err error) {
	err = x.evaluate(d, func(v any) {
		switch v := v.(type) {
		case bool:
			text = strconv.FormatBool(v)
		case float64:
			// XPath 1.0 §4.2 says "Infinity".
			text = strings.TrimPrefix(strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), "Inf", "Infinity", 1), "+")
		case string:
			text = v
		case *xpath.NodeIterator:
			if v.MoveNext() {
				text = v.Current().Value()
			}
		}
	})
	if err != nil {
		return "", err
	}
	return text, nil
}

// evaluate shows what the expression is of the document.
func (x *XPath) evaluate(d *Document, show func(v any)) (err error) {
	expr, ok := x.pool.Get().(*xpath.Expr)
	if !ok || expr == nil {
		return errors.New("the XPath does not compile again")
	}
	left := maxMoves
	defer func() {
		if r := recover(); r != nil {
			// The expression may be in any state, so it is not put back.
			err = fmt.Errorf("%v", r)
			if left < 0 {
				err = ErrTooMuch
			}
		}
	}()
	show(expr.Evaluate(&navigator{at: d.top, attr: -1, local: x.local, left: &left}))
	x.pool.Put(expr)
	return nil
}
