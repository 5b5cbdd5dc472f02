//go:build race

package capture_test

// raceEnabled says that the race detector runs, which needs memory and time of
// its own.
const raceEnabled = true
