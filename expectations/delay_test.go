package expectations_test

import (
	"math"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/pactape/pactape/expectations"
)

// TestDelayTemplate: what MockServer 7.6.0 waited, as far as a clock could tell.
func TestDelayTemplate(t *testing.T) {
	t.Parallel()
	template, err := expectations.NewTemplate(expectations.TemplateMustache, "{{request.headers.D.0}}")
	if err != nil {
		t.Fatal(err)
	}
	static := expectations.Delay{Unit: expectations.Seconds, Value: 1, Template: template}
	for text, want := range map[string]time.Duration{
		"300": 300 * time.Millisecond, "1.5e2": 150 * time.Millisecond, " 200 ": 200 * time.Millisecond, "0": 0, "2.9": 2 * time.Millisecond,
		"-3": time.Second, "x": time.Second, "": time.Second, "NaN": time.Second, "1e999": time.Second, "-0.5": time.Second, "1e18": math.MaxInt64,
	} {
		req := &expectations.Request{Header: http.Header{"D": {text}}}
		if got := static.At(expectations.TemplateInput{Request: req}).Duration(); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if got := static.Duration(); got != time.Second {
		t.Errorf("without a request: %s", got)
	}
}

// TestDelayDistributions draws often and looks at the quantiles.
func TestDelayDistributions(t *testing.T) {
	t.Parallel()
	const n = 20_000
	for name, tt := range map[string]struct {
		of          expectations.Distribution
		least, most time.Duration // of all
		median, p99 time.Duration
		tolerance   float64 // of median and p99
	}{
		"uniform": {
			expectations.Distribution{Kind: expectations.Uniform, Min: 100, Max: 200},
			100 * time.Millisecond, 200 * time.Millisecond, 150 * time.Millisecond, 199 * time.Millisecond, 0.05,
		},
		"log-normal": {
			expectations.Distribution{Kind: expectations.LogNormal, Median: 100, P99: 1000},
			0, math.MaxInt64, 100 * time.Millisecond, time.Second, 0.25,
		},
		"gaussian": {
			expectations.Distribution{Kind: expectations.Gaussian, Mean: 100, StdDev: 50},
			0, math.MaxInt64, 100 * time.Millisecond, 216 * time.Millisecond, 0.1,
		},
		"gaussian, mostly below zero": {
			expectations.Distribution{Kind: expectations.Gaussian, Mean: 0, StdDev: 10},
			0, 100 * time.Millisecond, 0, 23 * time.Millisecond, 0.2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := expectations.Delay{Unit: expectations.Milliseconds, Distribution: &tt.of}
			drawn := make([]time.Duration, n)
			for i := range drawn {
				drawn[i] = d.Duration()
			}
			slices.Sort(drawn)
			if drawn[0] < tt.least || drawn[n-1] > tt.most {
				t.Errorf("between %v and %v", drawn[0], drawn[n-1])
			}
			for at, want := range map[int]time.Duration{n / 2: tt.median, n * 99 / 100: tt.p99} {
				if off := math.Abs(float64(drawn[at] - want)); off > tt.tolerance*float64(want)+float64(time.Millisecond) {
					t.Errorf("the %d-th of %d is %v, want about %v", at, n, drawn[at], want)
				}
			}
		})
	}
}

func TestFixedDelay(t *testing.T) {
	t.Parallel()
	for want, d := range map[time.Duration]expectations.Delay{
		0:                    {},
		3 * time.Second:      {Value: 3, Unit: expectations.Seconds},
		math.MaxInt64:        {Value: 1 << 62, Unit: expectations.Days},
		5 * time.Microsecond: {Value: 5, Unit: expectations.Microseconds},
	} {
		if got := d.Duration(); got != want {
			t.Errorf("%+v is %v", d, got)
		}
	}
}
