package openapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pactape/pactape/expectations/openapi"
)

// Schemas of the parameters below, as OpenAPI's table of style values has
// them.
const (
	oneColor  = `{"type":"string","enum":["blue"]}`
	colors    = `{"type":"array","minItems":3,"items":{"$ref":"#/components/schemas/Color"}}`
	shades    = `{"$ref":"#/components/schemas/Shades"}`
	styleRefs = `{"Color":{"type":"string","enum":["blue","black","brown"]},
		"Shades":{"allOf":[{"$ref":"#/components/schemas/R"},{"type":"object","required":["G","B"],"properties":{"G":{"type":"integer"},"B":{"type":"integer"}}}]},
		"R":{"type":"object","required":["R"],"properties":{"R":{"type":"integer","maximum":100}}}}`
)

// TestStylesExactly reads each style that a parameter can have (OpenAPI 3.0.3
// §4.7.12.1): the requests before the bar are the operation's, those after it,
// most of which another style would read, are not.
func TestStylesExactly(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, style, schema, requests string }{
		{"path", ``, oneColor, "blue | black .blue ;color=blue blue,blue color=blue"},
		{"path", ``, colors, "blue,black,brown | blue blue,black,pink .blue.black.brown blue%2Cblack%2Cbrown"},
		{"path", ``, shades, "R,100,G,200,B,150 | R,101,G,200,B,150 R=100,G=200,B=150 R,100,G,200"},
		{"path", `"explode":true`, shades, "R=100,G=200,B=150 | R=101,G=200,B=150 R,100,G,200,B,150"},
		{"path", `"style":"label"`, oneColor, ".blue | blue .black"},
		{"path", `"style":"label"`, colors, ".blue,black,brown .blue.black.brown | blue,black,brown .blue.black"},
		{"path", `"style":"label","explode":true`, colors, ".blue.black.brown | .blue,black,brown"},
		{"path", `"style":"label"`, shades, ".R,100,G,200,B,150 .R.100.G.200.B.150 | .R=100.G=200.B=150"},
		{"path", `"style":"label","explode":true`, shades, ".R=100.G=200.B=150 | .R=100.G=200 .R.100.G.200.B.150"},
		{"path", `"style":"matrix"`, oneColor, ";color=blue | blue ;colour=blue ;color=black"},
		{"path", `"style":"matrix"`, colors, ";color=blue,black,brown | ;color=blue;color=black;color=brown blue,black,brown"},
		{"path", `"style":"matrix","explode":true`, colors, ";color=blue;color=black;color=brown | ;color=blue,black,brown ;color=blue"},
		{"path", `"style":"matrix"`, shades, ";color=R,100,G,200,B,150 | ;R=100;G=200;B=150"},
		{"path", `"style":"matrix","explode":true`, shades, ";R=100;G=200;B=150 | ;R=100;G=200 ;color=R,100,G,200,B,150"},
		{"query", ``, oneColor, "color=blue | color=black colour=blue"},
		{"query", ``, colors, "color=blue&color=black&color=brown | color=blue,black,brown color=blue"},
		{"query", ``, shades, "R=100&G=200&B=150&page=1 | R=101&G=200&B=150 color=R,100,G,200,B,150 page=1"},
		{"query", `"explode":false`, colors, "color=blue,black,brown color=blue%2Cblack%2Cbrown | color=blue color=blue|black|brown"},
		{"query", `"explode":false`, shades, "color=R,100,G,200,B,150 | R=100&G=200&B=150"},
		{"query", `"style":"spaceDelimited","explode":false`, colors, "color=blue%20black%20brown color=blue+black+brown | color=blue,black,brown"},
		{"query", `"style":"pipeDelimited","explode":false`, colors, "color=blue|black|brown color=blue%7Cblack%7Cbrown | color=blue,black,brown"},
		{"query", `"style":"deepObject","explode":true`, shades, "color[R]=100&color[G]=200&color[B]=150 | R=100&G=200&B=150 color[R]=101&color[G]=200&color[B]=150"},
		{"header", ``, oneColor, "blue | black"},
		{"header", ``, colors, "blue,black,brown | blue blue,black,pink"},
		{"header", ``, shades, "R,100,G,200,B,150 | R=100,G=200,B=150"},
		{"header", `"explode":true`, shades, "R=100,G=200,B=150 | R,100,G,200,B,150"},
		{"cookie", `"explode":false`, colors, "color=blue,black,brown | color=blue color=blue,black,pink"},
		{"cookie", `"explode":false`, shades, "color=R,100,G,200,B,150 | color=R,101,G,200,B,150 R=100"},
		{"cookie", ``, shades, "R=100;G=200;B=150 | R=101;G=200;B=150 color=R,100,G,200,B,150"},
	} {
		t.Run(fmt.Sprint(tc.in, tc.style, tc.schema[:20]), func(t *testing.T) {
			t.Parallel()
			path, style := "/c", tc.style
			if tc.in == "path" {
				path = "/c/{color}/d"
			}
			if style != "" {
				style += ","
			}
			es := read(t, fmt.Sprintf(`{"openapi":"3.0.3","info":{"title":"t","version":"1"},"components":{"schemas":%s},
				"paths":{%q:{"get":{"parameters":[{"in":%q,"name":"color","required":true,%s"schema":%s}],"responses":{"204":{"description":"ok"}}}}}}`,
				styleRefs, path, tc.in, style, tc.schema), openapi.Options{})
			compiled, err := es[0].Compile()
			if err != nil {
				t.Fatal(err)
			}
			yes, no, _ := strings.Cut(tc.requests, " | ")
			for want, requests := range map[bool]string{true: yes, false: no} {
				for sent := range strings.FieldsSeq(requests) {
					req := request("GET", "/c", "")
					switch tc.in {
					case "path":
						req.Path = "/c/" + sent + "/d"
					case "query":
						req.RawQuery = sent
					case "header":
						req.Header.Set("Color", sent)
					case "cookie":
						req.Header.Set("Cookie", strings.ReplaceAll(sent, ";", "; "))
					}
					if compiled.Match(req) != want {
						t.Errorf("%q: matches: %v; %v", sent, !want, compiled.Explain(req))
					}
				}
			}
		})
	}
}
