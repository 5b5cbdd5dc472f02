package main

import (
	"github.com/spf13/pflag"

	"github.com/pactape/pactape/capture"
)

// captureFlags say what is recorded, how, and where. Shared by serve and run.
type captureFlags struct {
	data          string
	maxBody       byteSize
	captureMemory byteSize
	cacheMemory   byteSize
	retain        byteSize
	maxCaptured   int
	queue         int
	matchHeaders  []string
	noRedact      bool
	redactHeaders []string
	redactQuery   []string
	redactFields  []string
	redactAllow   []string
	replay        string
}

func addCaptureFlags(flags *pflag.FlagSet) *captureFlags {
	f := &captureFlags{maxBody: capture.DefaultMaxBody, captureMemory: capture.DefaultCaptureMemory, cacheMemory: capture.DefaultCacheBytes}
	flags.StringVar(&f.data, "data", "", "`directory` of the recordings (default: sessions in the home directory)")
	flags.Var(&f.maxBody, "max-body", "how much of one body is recorded; the rest passes, and the body is marked truncated")
	flags.Var(&f.captureMemory, "capture-memory", "bound on recorded bytes that are not written yet")
	flags.Var(&f.cacheMemory, "replay-cache", "bound on recorded answers held in memory")
	flags.Var(&f.retain, "retain", "bound on a session's recording on disk; the oldest segments go (0: keep all)")
	flags.IntVar(&f.maxCaptured, "max-captured", capture.DefaultMaxCaptured, "bound on the captured expectations of a session; the oldest leave, and stay on disk")
	flags.IntVar(&f.queue, "capture-queue", capture.DefaultQueue, "bound on exchanges that wait to be written")
	flags.StringArrayVar(&f.matchHeaders, "match-header", nil, "request header `name` that tells captured requests apart, besides Content-Type and Accept (repeatable)")
	flags.StringVar(&f.replay, "replay", replayLiteral, "what SIMULATE answers: literal (requests as they were recorded) or template (also /users/7 from the recording of /users/1)")
	flags.BoolVar(&f.noRedact, "no-redact", false, "write secrets to disk and into contracts as they are")
	flags.StringArrayVar(&f.redactHeaders, "redact-header", nil, "further header `name` to redact (repeatable)")
	flags.StringArrayVar(&f.redactQuery, "redact-query", nil, "further query parameter `name` to redact (repeatable)")
	flags.StringArrayVar(&f.redactFields, "redact-field", nil, "further JSON or form field `name` to redact (repeatable)")
	flags.StringArrayVar(&f.redactAllow, "redact-allow", nil, "header, parameter or field `name` never to redact (repeatable)")
	return f
}
