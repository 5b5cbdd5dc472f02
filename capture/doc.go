// Package capture records exchanges and makes them answer.
//
// An [Exchange] is one request and what came of it. [Recordings] take
// exchanges in without ever blocking ([Recordings.Record]), redact them,
// append them to the journal of their [Session], and learn from them: a
// Session implements expectations.Captured, the recorded half of a space's
// active set.
//
// # The pipeline
//
// Bodies are collected on their way by a [Buffer] of a shared [Budget], which
// bounds the memory of all bodies between the wire and the journal; a body
// that cannot get any more of it is marked truncated, traffic is not touched.
// Record puts the finished exchange into a bounded queue. One goroutine,
// [Recordings.Run], takes what has gathered and, per exchange, decodes its
// content codings, redacts it, works out its [Lesson] and encodes it; then it
// commits the group with one write per file, gives the exchanges to the view,
// and releases what they held of the budget.
//
// What cannot be recorded (queue full, disk full, writer ended) is dropped,
// counted by reason in [SessionStats] and through the [Observer], logged once
// per session and reason, and written into the recording as a loss as soon as
// that is possible.
//
// # Acknowledgement
//
// An exchange is acknowledged when its bytes are with the operating system:
// no end of the process loses it then, kill -9 included (see package journal
// for power failures). Between Record and acknowledgement lie the time that
// exchanges are left to gather ([DefaultCommitDelay], 1 ms) and the work on
// the group: measured for exchanges that come one at a time, 1.1 ms in the
// median and 2.3 ms at the 99th percentile (BenchmarkRecordDelay);
// [Observer.RecordDelay] gets every one.
// [Recordings.Flush] cuts the gathering short and waits for the
// acknowledgement of everything recorded before it.
//
// # The recording
//
// A session is a directory ("default" for the default session) with a journal
// of JSON lines. Every line has a version "v" (1) and a "type"; readers pass
// over types and versions they do not know.
//
//	exchange  an exchange
//	clear     "ids": captured expectations taken out of the view
//	reset     the view was emptied
//	claim     "ids": captured expectations that became the user's
//	session   a process began to record; "fresh": what is before is left out
//	loss      "count" exchanges were lost, "since" and "reason"
//
// Records are never changed; clear, reset and fresh only say how to read what
// is before them. An exchange reads, abridged:
//
//	{"v":1,"type":"exchange","id":"0190…","learn":{…},
//	 "redactions":[{"in":"header","name":"Authorization","message":"request","class":"bearer"}],
//	 "mode":"SPY","started":"2026-11-23T01:40:02.123Z","timings":{"wait":12.3,"total":14},
//	 "request":{"method":"GET","authority":"api.example","path":"/u","query":"page=2","headers":{…}},
//	 "response":{"status":200,"headers":{…},"body":{"size":15,"json":{"name":"Ada"}}}}
//
// Timings are in milliseconds, "size" is that on the wire in bytes. The
// content of a body is exact to the byte, in one of these members:
//
//	json    a JSON object or array that stood on one line, as it was; white
//	        space that followed it is in "end"
//	text    other UTF-8
//	base64  anything else
//	blob    more than [DefaultInlineBody] bytes: "offset", "length" and
//	        "crc32c" of the content in the segment's .bodies file
//
// A string that is not UTF-8 is written {"base64":"…"}. With jq:
//
//	jq -c 'select(.type=="exchange") | [.response.status, .request.path]' *.jsonl
//	jq 'select(.request.path=="/u").response.body | .json // .text // .base64' *.jsonl
//
// "learn" caches what the exchange teaches, so that a recording of 100 000
// exchanges is read back in about 0.15 s without decoding any; it is worked
// out anew where it was made under other rules.
//
// # Learning
//
// [Learned] finds captured expectations by the [Key] of a request, never by
// scanning. What was recorded but cannot be learned ([Learnable]) is counted
// by reason. An expectation has the answers of all its callers, each caller's
// in order: replay gives every one as often as it was recorded, in turn, and
// stays on the last.
//
// # What it is not for
//
// No traffic is served or forwarded here, nothing decides when to record or
// to replay (package proxy), secrets are found by package redact, and user-made
// expectations live in expectations.Set. HAR is written by package har.
//
// # Design
//
// Key and authority of a Lesson stand in the line rather than in an index
// beside the journal: one file per segment is all there is to keep consistent,
// and reading the lines costs little more than reading an index would.
//
// A caller that was not recorded is not given the latest answer at once, but
// follows the caller recorded last, and so ends on the latest: otherwise a
// replay with other credentials than the recording's would see a polled job
// done before it began.
//
// Exchanges gather for a millisecond before they are written: a write for each
// would cost a wake-up and a system call per exchange, which at low
// concurrency is as much as all the rest of recording.
package capture
