package settings_test

import (
	"errors"
	"maps"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactape/pactape/proxy/settings"
)

func newLive(t *testing.T) *settings.Live {
	t.Helper()
	l, err := settings.New(settings.Default())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A change is all or nothing, and who watches hears of those that happened.
func TestChange(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	var heard []int
	l.Watch(func(v settings.Values) { heard = append(heard, v.MaxLogEntries) })
	if v, err := l.Change(func(v *settings.Values) error { v.MaxLogEntries = 5; return nil }); err != nil || v.MaxLogEntries != 5 {
		t.Fatalf("%+v, %v", v, err)
	}
	refused := errors.New("refused")
	for name, edit := range map[string]func(*settings.Values) error{
		"refused by the caller": func(v *settings.Values) error { v.MaxLogEntries = 6; return refused },
		"a negative limit":      func(v *settings.Values) error { v.MaxLogEntries = -1; return nil },
		"no expectations":       func(v *settings.Values) error { v.MaxExpectations = 0; return nil },
		"a negative age":        func(v *settings.Values) error { v.CORS.MaxAge = -1; return nil },
		"a second header":       func(v *settings.Values) error { v.CORS.Origin = "x\r\nSet-Cookie: a"; return nil },
		"a relative path":       func(v *settings.Values) error { v.LivenessPath = "live"; return nil },
		"fewer than none":       func(v *settings.Values) error { v.MaxReturned = -1; return nil },
	} {
		if _, err := l.Change(edit); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if got := l.Get(); got.MaxLogEntries != 5 || got.MaxExpectations != settings.Default().MaxExpectations {
		t.Errorf("%+v", got)
	}
	if d := cmp.Diff([]int{0, 5}, heard); d != "" {
		t.Error(d)
	}
	if _, err := settings.New(settings.Values{}); err == nil {
		t.Error("the zero value is no sound setting")
	}
	var none *settings.Live
	if none.Get() != settings.Default() {
		t.Error("no settings are not the defaults")
	}
}

func TestPermit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		cors   settings.CORS
		header map[string]string
		before http.Header
		want   map[string]string
	}{
		{
			name: "any origin is reflected", header: map[string]string{"Origin": "https://app.test", "Access-Control-Request-Headers": "x-a"},
			want: map[string]string{"Allow-Origin": "https://app.test", "Allow-Headers": "x-a", "Expose-Headers": "x-a", "Allow-Credentials": "", "Max-Age": "0"},
		},
		{
			name: "no origin", want: map[string]string{"Allow-Origin": "*"},
		},
		{
			name:   "as configured",
			cors:   settings.CORS{Origin: "https://app.test", Methods: "PUT", Headers: "X-B", Credentials: true, MaxAge: 60},
			header: map[string]string{"Origin": "https://other.test", "Access-Control-Request-Headers": "x-a"},
			want: map[string]string{
				"Allow-Origin": "https://app.test", "Allow-Methods": "PUT", "Allow-Headers": "X-B, x-a",
				"Allow-Credentials": "true", "Max-Age": "60",
			},
		},
		{
			name: "what is there is kept", header: map[string]string{"Origin": "https://app.test"},
			before: http.Header{"Access-Control-Allow-Origin": {"https://mine.test"}},
			want:   map[string]string{"Allow-Origin": "https://mine.test"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := &http.Request{Header: http.Header{}}
			for name, value := range tt.header {
				r.Header.Set(name, value)
			}
			h := http.Header{}
			maps.Copy(h, tt.before)
			tt.cors.Permit(h, r)
			for name, want := range tt.want {
				if got := h.Get("Access-Control-" + name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}
