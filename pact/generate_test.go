package pact_test

import (
	"errors"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

func TestGenerate(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 2, 9, 15, 4, 5, 120_000_000, time.FixedZone("", 3600))
	for _, tc := range []struct{ generator, want string }{
		{`{"type":"RandomInt","min":3,"max":5}`, `[345]`},
		{`{"type":"RandomDecimal","digits":4}`, `\d+\.\d+`},
		{`{"type":"RandomHexadecimal","digits":8}`, `"[0-9a-f]{8}"`},
		{`{"type":"RandomString","size":6}`, `"[A-Za-z0-9]{6}"`},
		{`{"type":"RandomBoolean"}`, `true|false`},
		{`{"type":"Uuid"}`, `"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"`},
		{`{"type":"Uuid","format":"simple"}`, `"[0-9a-f]{32}"`},
		{`{"type":"Uuid","format":"upper-case-hyphenated"}`, `"[0-9A-F-]{36}"`},
		{`{"type":"Uuid","format":"URN"}`, `"urn:uuid:[0-9a-f-]{36}"`},
		{`{"type":"Date"}`, `"2024-02-09"`},
		{`{"type":"Time"}`, `"15:04:05"`},
		{`{"type":"DateTime"}`, `"2024-02-09T15:04:05\+01:00"`},
		{`{"type":"DateTime","format":"EEE, d MMM yy hh:mm a.SSS'x'''"}`, `"Fri, 9 Feb 24 03:04 PM\.120x'"`},
		{`{"type":"ProviderState","expression":"${id}"}`, `99`},
		{`{"type":"ProviderState","expression":"${id}","dataType":"STRING"}`, `"99"`},
		{`{"type":"ProviderState","expression":"a-${id}-${id}"}`, `"a-99-99"`},
		{`{"type":"ProviderState","expression":"${id}","dataType":"INTEGER"}`, `99`},
		{`{"type":"MockServerURL","regex":".*"}`, `"x"`},
		{`{"type":"ProviderState","expression":"${other}"}`, ``},
		{`{"type":"ProviderState","expression":"${id"}`, ``},
		{`{"type":"RandomInt","min":5,"max":3}`, ``},
		{`{"type":"RandomString","size":-1}`, ``},
		{`{"type":"Date","expression":"+1 day"}`, `"2024-02-10"`},
		{`{"type":"Time","expression":"noon + 1 hour - 30 minutes"}`, `"12:30:00"`},
		{`{"type":"DateTime","expression":"next monday @ 3 o'clock","format":"yyyy-MM-dd HH:mm"}`, `"2024-02-12 03:00"`},
		{`{"type":"Date","expression":"next moonday"}`, ``},
		{`{"type":"Date","expression":"+ 1 day @ noon"}`, ``},
		{`{"type":"Date","expression":"+ 99999 years"}`, ``},
		{`{"type":"Date","expression":"+ 999999 days"}`, ``},
		{`{"type":"Time","expression":"13 o'clock"}`, ``},
		{`{"type":"Time","expression":"now + hours"}`, ``},
		{`{"type":"Date","format":"V"}`, ``},
		{`{"type":"Date","format":"G yyyy, 'day''s' D, 'Q'q"}`, `"AD 2024, day's 40, Q1"`},
		{`{"type":"Regex","regex":"[a-c]{3}-\\d+(x|y)?"}`, `"[a-c]{3}-\d+[xy]?"`},
		{`{"type":"Regex","regex":"^(?=.*\\d)[a-z\\d]{4}$"}`, `"[a-z]*\d[a-z\d]*"`},
		{`{"type":"Regex","regex":"(a|b)\\1"}`, ``},
		{`{"type":"Regex","regex":"a("}`, ``},
		{`{"type":"Regex"}`, ``},
		{`{"type":"Uuid","format":"other"}`, ``},
	} {
		doc := parsed(t, document(3, fmt.Sprintf(`{"description":"d","request":{"body":{"v":["x"]},"generators":{"body":{"$.v[*]":%s}}}}`, tc.generator)))
		request := doc.Interactions[0].Request
		made, err := request.Generate(pact.GenerateOptions{Now: now, State: func(name string) (jsondoc.Value, bool) {
			return jsondoc.Int(99), name == "id"
		}})
		if tc.want == "" {
			if !errors.Is(err, pact.ErrGenerator) {
				t.Errorf("%s: error %v", tc.generator, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tc.generator, err)
			continue
		}
		if got := string(made.Body.Content()); !regexp.MustCompile(`^\{"v":\[(?:` + tc.want + `)\]\}$`).MatchString(got) {
			t.Errorf("%s: %s, want %s", tc.generator, got, tc.want)
		}
		if got := string(request.Body.Content()); got != `{"v":["x"]}` {
			t.Errorf("%s: the example became %s", tc.generator, got)
		}
	}
}
