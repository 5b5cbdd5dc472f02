package expectations

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// MaxAnswerFile is the largest file that can be a response body, in bytes.
const MaxAnswerFile = 32 << 20

// errFileOutside is about a path that leads out of the working directory.
var errFileOutside = errors.New("leads out of the working directory, below which the files of responses must be")

// CheckAnswerFile says why a path cannot be the File of an [AnswerBody], nil if
// it can: it must be below the working directory of the process. Whoever may
// put an expectation could read any other file of it through its answer. The
// file need not be there yet.
func CheckAnswerFile(path string) error {
	_, err := localFile(path)
	return err
}

// localFile is the path from the working directory.
func localFile(path string) (string, error) {
	if path == "" {
		return "", errors.New("is empty")
	}
	if filepath.IsAbs(path) {
		dir, err := os.Getwd()
		if err != nil {
			return "", err
		}
		if path, err = filepath.Rel(dir, path); err != nil {
			return "", errFileOutside
		}
	}
	if !filepath.IsLocal(path) {
		return "", errFileOutside
	}
	return path, nil
}

// Loaded is the answer with the content of its file, if its body is one, as it
// is now; any other answer is returned as it is. What keeps a file from being
// read is an answer too: 404 if there is no such file, else 500. Links that
// lead out of the working directory are not followed.
func (a *Answer) Loaded() *Answer {
	if a == nil || a.Body == nil || a.Body.Kind != AnswerFile {
		return a
	}
	content, err := readAnswerFile(a.Body.File)
	if err != nil {
		return unreadable(a.Body.File, err)
	}
	loaded, body := *a, *a.Body
	body.Bytes = content
	loaded.Body = &body
	return &loaded
}

// Rendered is the answer, loaded, with what its file makes of a request in
// place of the file, if its body is a template in one; any other answer is
// returned as it is. The error says what is wrong with the template.
func (a *Answer) Rendered(in TemplateInput) (*Answer, error) {
	if !a.IsTemplate() {
		return a, nil
	}
	// The file may have changed since the last time.
	t, err := NewTemplate(a.Body.FileTemplate, strings.ToValidUTF8(string(a.Body.Bytes), "\ufffd"))
	if err != nil {
		return nil, fmt.Errorf("the response's file %q: %w", a.Body.File, err)
	}
	text, err := t.Render(in)
	if err != nil {
		return nil, fmt.Errorf("the response's file %q: %w", a.Body.File, err)
	}
	rendered, body := *a, *a.Body
	body.Bytes = []byte(text)
	rendered.Body = &body
	return &rendered, nil
}

// IsTemplate reports whether the body is a template in a file.
func (a *Answer) IsTemplate() bool {
	return a != nil && a.Body != nil && a.Body.Kind == AnswerFile && a.Body.FileTemplate != ""
}

func readAnswerFile(path string) (content []byte, err error) {
	if path, err = localFile(path); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(".")
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	// Opening what is no regular file may block for ever.
	if info, err := root.Stat(path); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	file, err := root.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	content, err = io.ReadAll(io.LimitReader(file, MaxAnswerFile+1))
	if err == nil && len(content) > MaxAnswerFile {
		return nil, fmt.Errorf("larger than %d bytes", MaxAnswerFile)
	}
	return content, err
}

// unreadable is the answer in place of one whose file cannot be read.
func unreadable(path string, err error) *Answer {
	a := &Answer{Status: http.StatusInternalServerError, Body: &AnswerBody{Kind: AnswerString}}
	if errors.Is(err, fs.ErrNotExist) {
		a.Status = http.StatusNotFound
	}
	a.Body.Bytes = fmt.Appendf(nil, "the response's file %q cannot be read: %v", path, fileReason(err))
	return a
}

// fileReason is why a file cannot be read, without the path of our own.
func fileReason(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("there is no such file")
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
