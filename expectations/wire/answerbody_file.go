package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// fileAnswer is {"type":"FILE","filePath":…}. The file is not touched here.
func fileAnswer() answerKind {
	return answerKind{
		kindName: kindName{name: string(expectations.AnswerFile), field: "filePath"},
		decode: func(d *decoder, v jsondoc.Value) []byte {
			path := d.text(v)
			if err := expectations.CheckAnswerFile(path); err != nil && v.Kind == jsondoc.KindString {
				d.problem("%v", err)
			}
			return []byte(path)
		},
		print: func(p *printer, b *expectations.AnswerBody) bool {
			p.BeginObject()
			p.text("type", string(expectations.AnswerFile))
			p.Key("filePath")
			p.String(b.File)
			p.text("contentType", b.ContentType)
			p.EndObject()
			return true
		},
	}
}

// fileBody is the body that a FILE describes.
func fileBody(path, contentType string) *expectations.AnswerBody {
	return &expectations.AnswerBody{Kind: expectations.AnswerFile, File: path, ContentType: contentType}
}
