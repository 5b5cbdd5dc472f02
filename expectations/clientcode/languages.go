package clientcode

import (
	"strconv"
	"strings"
	"unicode"
)

// A Language is one that MockServer has a client for.
type Language string

// The languages, by MockServer's names for the format of a retrieve.
const (
	Java       Language = "java"
	JavaScript Language = "javascript"
	Python     Language = "python"
	Go         Language = "go"
	CSharp     Language = "csharp"
	Ruby       Language = "ruby"
	Rust       Language = "rust"
	PHP        Language = "php"
)

// A form is how a program looks that makes expectations out of JSON (MockServer
// 7 org.mockserver.serialization.code).
type form struct {
	language   Language
	head, tail string
	// statement makes one, the n-th from 0, out of its JSON.
	statement func(n int, json string) string
}

// forms has a row for each language but Java.
func forms() []form {
	return []form{
		{JavaScript, "const { mockServerClient } = require('mockserver-client');\n", "", func(_ int, json string) string {
			return "\nmockServerClient(\"localhost\", 1080).mockAnyResponse(" + json + ");\n"
		}},
		{
			Python, "import json\nfrom mockserver import MockServerClient, Expectation\n\nclient = MockServerClient(\"localhost\", 1080)\n", "",
			func(_ int, json string) string {
				raw := ""
				if strings.Contains(json, `\`) {
					raw = "r"
				}
				return "\nclient.upsert(Expectation.from_dict(json.loads(" + raw + `"""` + json + `""")))` + "\n"
			},
		},
		{Go, goHead, "}\n", goStatement},
		{CSharp, csharpHead, "", func(_ int, json string) string {
			return "\nclient.Upsert(JsonSerializer.Deserialize<Expectation>(@\"" + strings.ReplaceAll(json, `"`, `""`) + "\", jsonOptions));\n"
		}},
		{
			Ruby, "require 'mockserver-client'\nrequire 'json'\n\nclient = MockServer::Client.new('localhost', 1080)\n", "",
			func(_ int, json string) string {
				word := "JSON"
				if strings.Contains(json, `\`) || strings.Contains(json, "#") {
					word = "'JSON'" // without escapes, nor code in #{}
				}
				return "\nclient.upsert(MockServer::Expectation.from_hash(JSON.parse(<<" + word + ")))\n" + json + "\nJSON\n"
			},
		},
		{Rust, rustHead, "\n    Ok(())\n}\n", func(_ int, json string) string {
			fence := strings.Repeat("#", longestFence(json)+1)
			return "\n    client.upsert(&[serde_json::from_str::<Expectation>(r" + fence + `"` + json + `"` + fence + ")?])?;\n"
		}},
		{
			PHP, "<?php\n\nuse MockServer\\MockServerClient;\nuse MockServer\\Expectation;\n\n$client = new MockServerClient('localhost', 1080);\n", "",
			func(_ int, json string) string {
				return "\n$client->upsertExpectation(Expectation::fromArray(json_decode(<<<'JSON'\n" + json + "\nJSON, true)));\n"
			},
		},
	}
}

const (
	goHead = "package main\n\nimport (\n\t\"encoding/json\"\n\n\tmockserver \"github.com/mock-server/mockserver-monorepo/mockserver-client-go/v7\"\n)\n\n" +
		"func main() {\n\tclient := mockserver.New(\"localhost\", 1080)\n"
	csharpHead = "using System.Text.Json;\nusing System.Text.Json.Serialization;\nusing MockServer.Client;\nusing MockServer.Client.Models;\n\n" +
		"var jsonOptions = new JsonSerializerOptions\n{\n    PropertyNamingPolicy = JsonNamingPolicy.CamelCase,\n" +
		"    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull\n};\n\nvar client = new MockServerClient(\"localhost\", 1080);\n"
	rustHead = "use mockserver_client::{ClientBuilder, Expectation};\n\nfn main() -> Result<(), Box<dyn std::error::Error>> {\n" +
		"    let client = ClientBuilder::new(\"localhost\", 1080).build()?;\n"
)

func goStatement(n int, json string) string {
	literal := "`" + json + "`"
	if strings.ContainsFunc(json, func(r rune) bool { return r == '`' || r == '\uFEFF' || r != '\n' && !unicode.IsPrint(r) }) {
		literal = strconv.Quote(json)
	}
	declare := "var e mockserver.Expectation"
	if n > 0 {
		declare = "e = mockserver.Expectation{}"
	}
	return "\n\t" + declare + "\n\t_ = json.Unmarshal([]byte(" + literal + "), &e)\n\tclient.Upsert(e)\n"
}

// longestFence is the length of the longest run of # after a quotation mark.
func longestFence(s string) int {
	longest := 0
	for rest := range strings.SplitSeq(s, `"`) {
		longest = max(longest, len(rest)-len(strings.TrimLeft(rest, "#")))
	}
	return longest
}
