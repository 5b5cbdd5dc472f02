package pact_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// written is a document as a specification has it, and what was lost.
func written(t *testing.T, doc *pact.Document, v pact.Version) ([]byte, []pact.Skipped) {
	t.Helper()
	converted, lost := doc.Convert(v)
	return converted.Append(nil), lost
}

func parsed(t *testing.T, data []byte) *pact.Document {
	t.Helper()
	doc, err := pact.Parse(data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return doc
}

// TestRoundTrip writes each document as V3, that as V4, and that as V3 again.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "parse", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range append(files, filepath.Join("testdata", "captured.pact.json")) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		v3, _ := written(t, parsed(t, data), pact.V3)
		v4, lost := written(t, parsed(t, v3), pact.V4)
		if len(lost) > 0 && !strings.Contains(lost[0].Reason, "unsupported interaction type") {
			t.Errorf("%s: lost on the way to V4: %v", file, lost)
		}
		if again := parsed(t, v4); again.Version != pact.V4 {
			t.Errorf("%s: version %v", file, again.Version)
		}
		if len(lost) > 0 {
			continue
		}
		back, lost := written(t, parsed(t, v4), pact.V3)
		if len(lost) > 0 {
			t.Errorf("%s: lost on the way back: %v", file, lost)
		}
		if diff := cmp.Diff(string(v3), string(back)); diff != "" {
			t.Errorf("%s (-V3 +back):\n%s", file, diff)
		}
	}
}

// TestConvertVerdicts holds the reference's cases against their contract in
// other specifications: without a loss the verdict is the same, and a
// response that was right stays right in any case.
func TestConvertVerdicts(t *testing.T) {
	t.Parallel()
	same, weaker := 0, 0
	for _, c := range refCases() {
		doc, err := pact.Parse(document(c.version, c.interaction(0)))
		if err != nil {
			continue
		}
		for _, v := range []pact.Version{pact.V2, pact.V3, pact.V4} {
			data, lost := written(t, doc, v)
			was, _ := c.judge(t, doc)
			is, why := c.judge(t, parsed(t, data))
			switch {
			case len(lost) == 0 && was != is:
				t.Errorf("%s in %s: verdict %v became %v (%s)\n%s", c.name, v, was, is, why, data)
			case !c.request && was && !is && !stricter(lost):
				t.Errorf("%s in %s: was right and is not (%s)\n%v\n%s", c.name, v, why, lost, data)
			case len(lost) == 0:
				same++
			default:
				weaker++
			}
		}
	}
	if same < 5000 || weaker < 100 {
		t.Errorf("%d cases the same, %d with losses", same, weaker)
	}
}

// stricter reports whether a loss may turn a right answer into a wrong one:
// the example itself is wanted, or of a lenient rule its type.
func stricter(lost []pact.Skipped) bool {
	for _, s := range lost {
		for _, text := range []string{"as it is", "are joined", `"boolean" became`, `"date" became`, "of several rules"} {
			if strings.Contains(s.Reason, text) {
				return true
			}
		}
	}
	return false
}

func TestConvertLosses(t *testing.T) {
	t.Parallel()
	doc := parsed(t, document(4, `{"description":"d","pending":true,"key":"k","providerStates":[{"name":"a","params":{"x":1}},{"name":"b"}],
		"request":{"method":"GET","path":"/x","query":{"q":["a b","c"]},"headers":{"Accept":["a/b","c/d"]},
			"generators":{"path":{"type":"Uuid"}},"matchingRules":{"query":{"q":{"matchers":[{"match":"include","value":"."}]}}}},
		"response":{"status":200,"headers":{"Content-Type":["application/json"],"X-N":["1"]},
			"body":{"contentType":"application/json","encoded":false,"content":{"n":1,"o":"x","m":{"k":"v"},"list":[{"gone":1,"kept":"s"}],"ver":"1.0.0"}},
			"matchingRules":{"status":{"matchers":[{"match":"statusCode","status":"success"}]},
				"header":{"X-N":{"matchers":[{"match":"contentType","value":"text/plain"}]}},
				"body":{"$.n":{"matchers":[{"match":"integer"}]},
					"$.o":{"combine":"OR","matchers":[{"match":"null"},{"match":"type"}]},
					"$.m":{"matchers":[{"match":"eachKey","rules":[{"match":"regex","regex":"[a-z]"}]},{"match":"eachValue","rules":[{"match":"type"}]}]},
					"$.list[*].gone":{"matchers":[{"match":"arrayContains","variants":[]}]},
					"$.ver":{"matchers":[{"match":"semver"}]}}}}}`))
	for v, want := range map[pact.Version][]string{
		pact.V4: nil,
		pact.V3: {
			"d: key: Pact 3.0.0 has none", "d: pending: Pact 3.0.0 has none",
			"d: response status: no rule of Pact 3.0.0 is about it: the example is wanted as it is",
			`d: response body $.m: the rule "eachKey" cannot be said in Pact 3.0.0: any name is accepted`,
			`d: response body $.list[*].gone: the rule "arrayContains" cannot be said in Pact 3.0.0: the value is not asserted`,
		},
		pact.V2: {
			"d: key: Pact 2.0.0 has none", "d: pending: Pact 2.0.0 has none",
			"d: parameters of provider state a: Pact 2.0.0 has none", "d: request generators: Pact 2.0.0 has none",
			"d: response status: no rule of Pact 2.0.0 is about it: the example is wanted as it is",
			`d: response header X-N: the rule "contentType" cannot be said in Pact 2.0.0: the header is not asserted`,
			`d: response body $.n: the rule "integer" became "type"`,
			"d: response body $.o: alternatives cannot be said in Pact 2.0.0: the value is not asserted",
			`d: response body $.m: of several rules only "eachKey" is kept`,
			"d: response body $.m: a rule on each element cannot be said in Pact 2.0.0: the value is not asserted",
			`d: response body $.list[*].gone: the rule "arrayContains" cannot be said in Pact 2.0.0: the value is not asserted`,
		},
	} {
		data, lost := written(t, doc, v)
		var got []string
		for _, s := range lost {
			got = append(got, s.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v, diff)
		}
		if v != pact.V2 {
			continue
		}
		root, err := jsondoc.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		list, _ := root.Get("interactions")
		const text = `{"description":"d","providerState":"a and b","request":{"method":"GET","path":"/x","query":"q=a+b&q=c",` +
			`"headers":{"Accept":"a/b, c/d"},"matchingRules":{"$.query.q":{"match":"regex","regex":"^.*\\..*$"}}},` +
			`"response":{"status":200,"headers":{"Content-Type":"application/json"},"body":{"n":1,"list":[{"kept":"s"}],"ver":"1.0.0"},` +
			`"matchingRules":{"$.body.n":{"match":"type"},"$.body.ver":{"match":"regex","regex":`
		if got := string(list.Items[0].AppendCompact(nil)); !strings.HasPrefix(got, text) {
			t.Errorf("V2 is\n%s\nwant\n%s", got, text)
		}
	}
}

func TestParseSpec(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]pact.Version{"": pact.V3, "2": pact.V2, "3.0.0": pact.V3, "v4": pact.V4, "4.0": pact.V4} {
		if got, err := pact.ParseSpec(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"1", "5", "x"} {
		if _, err := pact.ParseSpec(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}
