package admin

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/proxy/settings"
)

// attemptToProxy is the setting that is MockServer's mode.
const attemptToProxy = "attemptToProxyIfNoMatchingExpectation"

// A setting is one member of the configuration.
type setting struct {
	name string
	get  func(*settings.Values) jsondoc.Value
	// set takes over a value of JSON; its error says what is expected.
	set func(*settings.Values, jsondoc.Value) error
}

// configurable are MockServer's properties that have a meaning here, in
// alphabetical order (MockServer 7 ConfigurationDTO). attemptToProxy stands
// apart: it belongs to a session.
var configurable = []setting{
	boolSetting("attachMismatchDiagnosticToResponse", func(v *settings.Values) *bool { return &v.AttachMismatchDiagnostic }),
	boolSetting("corsAllowCredentials", func(v *settings.Values) *bool { return &v.CORS.Credentials }),
	textSetting("corsAllowHeaders", func(v *settings.Values) *string { return &v.CORS.Headers }),
	textSetting("corsAllowMethods", func(v *settings.Values) *string { return &v.CORS.Methods }),
	textSetting("corsAllowOrigin", func(v *settings.Values) *string { return &v.CORS.Origin }),
	intSetting("corsMaxAgeInSeconds", func(v *settings.Values) *int { return &v.CORS.MaxAge }),
	boolSetting("detailedVerificationFailures", func(v *settings.Values) *bool { return &v.DetailedVerificationFailures }),
	boolSetting("enableCORSForAPI", func(v *settings.Values) *bool { return &v.CORS.API }),
	boolSetting("enableCORSForAllResponses", func(v *settings.Values) *bool { return &v.CORS.AllResponses }),
	textSetting("livenessHttpGetPath", func(v *settings.Values) *string { return &v.LivenessPath }),
	{"logLevel", logLevel, setLogLevel},
	intSetting("maxExpectations", func(v *settings.Values) *int { return &v.MaxExpectations }),
	intSetting("maxLogEntries", func(v *settings.Values) *int { return &v.MaxLogEntries }),
	intSetting("maximumNumberOfRequestToReturnInVerificationFailure", func(v *settings.Values) *int { return &v.MaxReturned }),
	boolSetting("metricsEnabled", func(v *settings.Values) *bool { return &v.MetricsEnabled }),
}

func boolSetting(name string, of func(*settings.Values) *bool) setting {
	return setting{
		name: name,
		get:  func(v *settings.Values) jsondoc.Value { return jsondoc.Bool(*of(v)) },
		set: func(v *settings.Values, to jsondoc.Value) error {
			*of(v) = to.Bool
			return expected(to, jsondoc.KindBool, "boolean")
		},
	}
}

func textSetting(name string, of func(*settings.Values) *string) setting {
	return setting{
		name: name,
		get:  func(v *settings.Values) jsondoc.Value { return jsondoc.String(*of(v)) },
		set: func(v *settings.Values, to jsondoc.Value) error {
			*of(v) = to.Text
			return expected(to, jsondoc.KindString, "string")
		},
	}
}

func intSetting(name string, of func(*settings.Values) *int) setting {
	return setting{
		name: name,
		get:  func(v *settings.Values) jsondoc.Value { return jsondoc.Int(int64(*of(v))) },
		set: func(v *settings.Values, to jsondoc.Value) error {
			n, err := strconv.ParseInt(to.Text, 10, 32)
			if to.Kind == jsondoc.KindNumber && err != nil {
				return fmt.Errorf("a whole number of 32 bits is expected")
			}
			*of(v) = int(n)
			return expected(to, jsondoc.KindNumber, "integer")
		},
	}
}

func expected(v jsondoc.Value, kind jsondoc.Kind, name string) error {
	if v.Kind == kind {
		return nil
	}
	return fmt.Errorf("%s found, %s expected", v.Kind, name)
}

// levels are MockServer's names of log levels.
var levels = []struct {
	name  string
	level slog.Level
}{
	{"TRACE", slog.LevelDebug - 4},
	{"DEBUG", slog.LevelDebug},
	{"INFO", slog.LevelInfo},
	{"WARN", slog.LevelWarn},
	{"ERROR", slog.LevelError},
	{"OFF", slog.LevelError + 4},
}

func logLevel(v *settings.Values) jsondoc.Value {
	name := levels[0].name
	for _, l := range levels {
		if v.LogLevel >= l.level {
			name = l.name
		}
	}
	return jsondoc.String(name)
}

func setLogLevel(v *settings.Values, to jsondoc.Value) error {
	for _, l := range levels {
		if to.Kind == jsondoc.KindString && strings.EqualFold(l.name, to.Text) {
			v.LogLevel = l.level
			return nil
		}
	}
	return fmt.Errorf("one of TRACE, DEBUG, INFO, WARN, ERROR, OFF is expected")
}

func (c *call) getConfiguration() error { return c.configuration(c.Settings.Get()) }

// putConfiguration changes the settings that the body names, all or none.
func (c *call) putConfiguration() error {
	const invalid = "Invalid configuration JSON: "
	doc, err := jsondoc.ParseLenient(c.body)
	if err != nil {
		return badRequest(invalid + err.Error())
	}
	if err := expected(doc, jsondoc.KindObject, "object"); err != nil {
		return badRequest(invalid + err.Error())
	}
	if c.Settings == nil {
		return &failure{status: http.StatusNotImplemented, text: "the settings of this server cannot be changed"}
	}
	var proxying *bool
	values, err := c.Settings.Change(func(v *settings.Values) error {
		var err error
		proxying, err = edit(v, doc)
		return err
	})
	if err != nil {
		return badRequest(invalid + err.Error())
	}
	if proxying != nil {
		if err := c.setProxying(*proxying); err != nil {
			return err
		}
	}
	return c.configuration(values)
}

// edit takes the members of doc over into v; that of the mode is returned.
// Members that are null are left as they are.
func edit(v *settings.Values, doc jsondoc.Value) (proxying *bool, err error) {
	var unknown []string
	for i := range doc.Members {
		m := &doc.Members[i]
		at := slices.IndexFunc(configurable, func(s setting) bool { return s.name == m.Name })
		switch {
		case m.Name == attemptToProxy && m.Value.Kind != jsondoc.KindNull:
			proxying, err = &m.Value.Bool, expected(m.Value, jsondoc.KindBool, "boolean")
		case m.Name == attemptToProxy:
		case at < 0:
			unknown = append(unknown, visible(m.Name))
		case m.Value.Kind != jsondoc.KindNull:
			err = configurable[at].set(v, m.Value)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("there is no setting [%s] that can be changed here, only the following are supported [%s]",
			strings.Join(unknown, ", "), strings.Join(settingNames(), ", "))
	}
	return proxying, nil
}

func settingNames() []string {
	names := []string{attemptToProxy}
	for i := range configurable {
		names = append(names, configurable[i].name)
	}
	slices.Sort(names)
	return names
}

// setProxying switches the mode of the session as MockServer's setting does.
func (c *call) setProxying(on bool) error {
	switch {
	case !on:
		return c.switchMode(expectations.Simulate)
	case c.space.Mode() == expectations.Simulate:
		return c.switchMode(expectations.Spy)
	}
	return nil
}

// configuration answers all settings.
func (c *call) configuration(v settings.Values) error {
	all := jsondoc.Object(jsondoc.M(attemptToProxy, jsondoc.Bool(c.space.Mode() != expectations.Simulate)))
	for i := range configurable {
		all.Members = append(all.Members, jsondoc.M(configurable[i].name, configurable[i].get(&v)))
	}
	slices.SortFunc(all.Members, func(a, b jsondoc.Member) int { return strings.Compare(a.Name, b.Name) })
	return c.json(http.StatusOK, all.AppendJackson(nil))
}
