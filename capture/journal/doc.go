// Package journal is an append-only log of JSON lines in a directory of its
// own, with one writer and any number of readers.
//
// # Layout
//
// A journal is a row of segments. Segment N is the file N.jsonl (four digits
// at least), one record a line, each line ended by a newline, and, where
// records put large content aside, N.bodies: raw bytes back to back. A line
// names its content by a [Blob] (offset, length, checksum), so content and
// line always belong to the same segment and leave together. LOCK holds the
// exclusive lock and the name of its holder.
//
// # Durability
//
// Records are collected in a [Batch] and committed together: the contents are
// written before the lines that name them. A record is acknowledged when
// [Batch.Commit] has returned nil: its bytes are then with the operating
// system, and no crash of this process, kill -9 included, loses them. What a
// power failure or a crash of the machine may take is decided by
// [SyncPolicy]: by default the operating system writes back when it sees fit
// (seconds, as a rule); [SyncCommit] makes every commit wait for the disk.
// Creating, rotating and removing segments syncs the directory.
//
// After a failed commit nothing of its batch is in the journal; the next
// commit tries again.
//
// # Torn and bad records
//
// [Open] reads every line once. In the last segment everything from the first
// bad record on is cut off: that is what a crash in the middle of a write
// leaves. If complete lines have to be cut (which no crash of the process
// explains), they are kept in N.torn beside the segment. Elsewhere a bad
// record is reported and skipped.
//
// # What it is not for
//
// Records are opaque: the package knows nothing of exchanges, of what a line
// says, or of which records make others void. It has no index but the
// positions it hands out, and no record is ever changed in place.
//
// # Design
//
// There is no checksum in a line: a person must be able to edit, filter and
// commit a recording with everyday tools. A line counts as bad if it is not
// one JSON object by its outer bytes, holds a NUL byte (what file systems
// leave behind after a power failure), or is refused by [Options.Load].
package journal
