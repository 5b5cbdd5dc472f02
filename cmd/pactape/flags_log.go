package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// logFlags say what the commands that work for a moment log, to standard
// error, and how.
type logFlags struct {
	level                 string
	verbose               bool
	pretty, full, compact bool
}

// addLogFlags adds the flags; letters are the short ones for the level and for
// verbose, or empty.
func addLogFlags(flags *pflag.FlagSet, level, verbose string) *logFlags {
	f := new(logFlags)
	flags.StringVarP(&f.level, "log-level", level, "warn", "`level` of the log on standard error: debug (each request that is sent), info, warn, error or none")
	flags.BoolVarP(&f.verbose, "verbose", verbose, false, "the same as --log-level debug")
	flags.BoolVar(&f.pretty, "pretty-log", false, "log an attribute a line")
	flags.BoolVar(&f.full, "full-log", false, "log an event a line, with the time")
	flags.BoolVar(&f.compact, "compact-log", false, "log an event a line, without the time")
	aliasFlags(flags, map[string]string{"loglevel": "log-level"})
	hideFlags(flags, "verbose", "pretty-log", "full-log", "compact-log")
	negateFlags(flags, "verbose")
	return f
}

// logger is the logger that the flags describe.
func (f *logFlags) logger(cmd *cobra.Command) (*slog.Logger, error) {
	const none = slog.LevelError + 1
	level, ok := map[string]slog.Level{
		"trace": slog.LevelDebug, "debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn,
		"error": slog.LevelError, "none": none, "off": none,
	}[strings.ToLower(f.level)]
	if !ok {
		return nil, &usageError{fmt.Errorf("--log-level %q: debug, info, warn, error or none is wanted", f.level)}
	}
	if f.verbose {
		level = slog.LevelDebug
	}
	switch {
	case f.pretty && f.compact, f.pretty && f.full, f.compact && f.full:
		return nil, &usageError{errors.New("of --pretty-log, --full-log and --compact-log one is wanted")}
	case f.pretty:
		return slog.New(&prettyHandler{level: level, out: &lockedWriter{w: cmd.ErrOrStderr()}}), nil
	}
	o := &slog.HandlerOptions{Level: level}
	if f.compact {
		o.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}
	}
	return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), o)), nil
}

// A lockedWriter may be written to from any goroutine.
type lockedWriter struct {
	mu sync.Mutex // guards w
	w  io.Writer
}

func (l *lockedWriter) write(text string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := io.WriteString(l.w, text)
	return err
}

// A prettyHandler writes an event over several lines. It knows no groups,
// which nobody here uses.
type prettyHandler struct {
	level slog.Level
	out   *lockedWriter
	attrs []slog.Attr
}

// Enabled implements [slog.Handler].
func (h *prettyHandler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level }

// Handle implements [slog.Handler].
func (h *prettyHandler) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\n", r.Time.Format(time.TimeOnly), r.Level, r.Message)
	line := func(a slog.Attr) bool {
		fmt.Fprintf(&b, "    %s: %s\n", a.Key, strings.ReplaceAll(a.Value.String(), "\n", "\n      "))
		return true
	}
	for _, a := range h.attrs {
		line(a)
	}
	r.Attrs(line)
	return h.out.write(b.String())
}

// WithAttrs implements [slog.Handler].
func (h *prettyHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.attrs = append(slices.Clip(h.attrs), attrs...)
	return &with
}

// WithGroup implements [slog.Handler].
func (h *prettyHandler) WithGroup(string) slog.Handler { return h }

// A loggedTransport logs each request that another one sends. Headers, queries
// and bodies may hold secrets and are left out.
type loggedTransport struct {
	next   http.RoundTripper
	logger *slog.Logger
}

// RoundTrip implements [http.RoundTripper].
func (t *loggedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	started := time.Now()
	resp, err := t.next.RoundTrip(req)
	if !t.logger.Enabled(req.Context(), slog.LevelDebug) {
		return resp, err
	}
	where := *req.URL
	where.User, where.RawQuery, where.Fragment = nil, "", ""
	attrs := []any{"method", req.Method, "url", where.String(), "duration", time.Since(started).Round(time.Millisecond)}
	if err != nil {
		t.logger.DebugContext(req.Context(), "request got no answer", append(attrs, "error", err)...)
	} else {
		t.logger.DebugContext(req.Context(), "request was answered", append(attrs, "status", resp.StatusCode)...)
	}
	return resp, err
}

// fromEnvironment fills in what the tools in Ruby read from there.
func (f *logFlags) fromEnvironment() {
	f.verbose = f.verbose || strings.EqualFold(cmp.Or(os.Getenv("VERBOSE"), "false"), "true")
}
