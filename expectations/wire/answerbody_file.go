package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// fileAnswer is {"type":"FILE","filePath":…,"templateType":…}. The file is not
// touched here.
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
		more: []field[answerDraft]{{"templateType", func(d *decoder, v jsondoc.Value, a *answerDraft) {
			a.template = decodeTemplateType(d, v, "VELOCITY")
		}}},
		// The members are in alphabetical order, unlike those of other kinds
		// (MockServer 7 FileBodyDTO).
		print: func(p *printer, b *expectations.AnswerBody) bool {
			p.BeginObject()
			p.text("contentType", b.ContentType)
			p.Text("filePath", b.File)
			p.text("templateType", string(b.FileTemplate))
			p.text("type", string(expectations.AnswerFile))
			p.EndObject()
			return true
		},
	}
}

// fileBody is the body that a FILE describes.
func fileBody(a answerDraft) *expectations.AnswerBody {
	return &expectations.AnswerBody{
		Kind: expectations.AnswerFile, File: string(a.content), FileTemplate: a.template, ContentType: a.contentType,
	}
}
