package pact_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
	"github.com/pactape/pactape/pact"
)

// FuzzImport: whatever is imported can be printed, read back and exported, and
// says the same then; what is refused leaves nothing.
func FuzzImport(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "import", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatalf("%d contracts, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := pact.Parse(data)
		if err != nil {
			return
		}
		es, _, err := pact.Import(doc, pact.ImportOptions{})
		if err != nil {
			if es != nil {
				t.Error("expectations beside an error")
			}
			return
		}
		put, err := expectations.NewSet(expectations.SetOptions{Now: noon}).Put(es...)
		if err != nil {
			t.Fatal(err)
		}
		printed := printExpectations(t, put)
		back, err := wire.DecodeExpectations([]byte(printed))
		if err == nil {
			err = pact.Revive(pact.ImportOptions{}, back...)
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, printed)
		}
		if again := printExpectations(t, back); again != printed {
			t.Errorf("printed %s\nthen %s", printed, again)
		}
	})
}
