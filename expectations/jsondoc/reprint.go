package jsondoc

import "unicode/utf8"

// AppendJacksonText appends the document that text holds as
// [Value.AppendJacksonAt] prints it, without building a [Value]: it costs a
// fraction of parsing and printing. text is read as [Parse] reads it; on an
// error dst is returned as it was.
func AppendJacksonText(dst, text []byte, level int) ([]byte, error) {
	return appendJacksonText(dst, text, level, 0)
}

// appendJacksonText prints within level objects, and depth containers in all,
// which count for [MaxDepth].
func appendJacksonText(dst, text []byte, level, depth int) ([]byte, error) {
	r := reprinter{parser: parser{text: string(text), depth: depth}, dst: dst}
	if err := r.document(level); err != nil {
		return dst, err
	}
	return r.dst, nil
}

// A reprinter prints while it parses.
type reprinter struct {
	parser
	dst []byte
}

func (r *reprinter) document(level int) error {
	if err := r.space(); err != nil {
		return err
	}
	if err := r.value(level); err != nil {
		return err
	}
	if err := r.space(); err != nil {
		return err
	}
	if r.pos < len(r.text) {
		return r.unexpected("after the document")
	}
	return nil
}

func (r *reprinter) value(level int) error {
	switch r.peek() {
	case '{':
		return r.object(level)
	case '[':
		return r.array(level)
	case '"':
		return r.string()
	}
	start := r.pos
	if _, err := r.parser.value(); err != nil {
		return err
	}
	r.dst = append(r.dst, r.text[start:r.pos]...) // a number or literal name
	return nil
}

func (r *reprinter) string() error {
	for i := r.pos + 1; i < len(r.text); i++ {
		c := r.text[i]
		if c == '"' { // nothing in between that is printed otherwise
			r.dst = append(r.dst, r.text[r.pos:i+1]...)
			r.pos = i + 1
			return nil
		}
		if c < ' ' || c == '\\' || c >= utf8.RuneSelf {
			break
		}
	}
	s, err := r.quoted('"')
	r.dst = AppendJacksonString(r.dst, s)
	return err
}

func (r *reprinter) array(level int) error {
	if err := r.enter(); err != nil {
		return err
	}
	r.dst = append(r.dst, '[', ' ')
	if r.peek() == ']' {
		r.leave()
		r.dst = append(r.dst, ']')
		return nil
	}
	for {
		if err := r.value(level); err != nil {
			return err
		}
		done, err := r.separator(']', "in an array")
		if err != nil {
			return err
		}
		if done {
			r.dst = append(r.dst, ' ', ']')
			return nil
		}
		r.dst = append(r.dst, ',', ' ')
	}
}

func (r *reprinter) object(level int) error {
	if err := r.enter(); err != nil {
		return err
	}
	r.dst = append(r.dst, '{')
	if r.peek() == '}' {
		r.leave()
		r.dst = append(r.dst, ' ', '}')
		return nil
	}
	for {
		r.dst = AppendJacksonLine(r.dst, level+1)
		if r.peek() != '"' {
			return r.unexpected("where a name should begin")
		}
		if err := r.string(); err != nil {
			return err
		}
		if err := r.colon(); err != nil {
			return err
		}
		r.dst = append(r.dst, " : "...)
		if err := r.value(level + 1); err != nil {
			return err
		}
		done, err := r.separator('}', "in an object")
		if err != nil {
			return err
		}
		if done {
			r.dst = append(AppendJacksonLine(r.dst, level), '}')
			return nil
		}
		r.dst = append(r.dst, ',')
	}
}
