package admin

import (
	"github.com/pactape/pactape/capture/har"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// madeHAR reports whether a document is an archive (HAR 1.2 §log).
func madeHAR(doc jsondoc.Value) bool {
	_, ok := doc.Get("log")
	return ok
}

func (c *call) readHAR() (imported, error) {
	archive, err := har.Read(c.body)
	if err != nil {
		return imported{}, err
	}
	return imported{archive.Expectations, asStringers(archive.Skipped)}, nil
}
