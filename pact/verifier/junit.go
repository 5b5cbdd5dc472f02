package verifier

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pactape/pactape/pact"
)

// A Suite is a contract with its result, or with the reason why there is none,
// as reports that cover several contracts have it.
type Suite struct {
	// Name says which contract it is.
	Name string
	// File is where the contract is, as seen from the working directory;
	// empty if it is in no file.
	File string
	// Parties says between whom it is; empty if that is not known.
	Parties string
	// Result is the verdict; nil if there is none.
	Result *pact.Result
	// Err says why there is no verdict.
	Err error
	// Pending says that failures do not count.
	Pending bool
}

// lets says whether an interaction may fail.
func (s Suite) lets(it pact.InteractionResult) bool { return s.Pending || it.Pending }

// The elements of a JUnit report, as the common schema of CI systems has them
// (testsuites, testsuite, testcase, failure, error, skipped).
type (
	junitReport struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		ClassName string        `xml:"classname,attr"`
		File      string        `xml:"file,attr,omitempty"`
		Time      string        `xml:"time,attr"`
		Failure   *junitProblem `xml:"failure,omitempty"`
		Error     *junitProblem `xml:"error,omitempty"`
		Skipped   *junitProblem `xml:"skipped,omitempty"`
	}
	junitProblem struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes a report that CI systems read: a suite for each contract, a
// case for each interaction. The failure of a pending contract is a case that
// was skipped, and a contract without a verdict an error.
func WriteJUnit(w io.Writer, suites []Suite) error {
	report := junitReport{Name: "pactape verify"}
	for _, s := range suites {
		suite := s.junit()
		report.Tests += suite.Tests
		report.Failures += suite.Failures
		report.Errors += suite.Errors
		report.Suites = append(report.Suites, suite)
	}
	data, err := xml.MarshalIndent(report, "", "  ")
	if err != nil {
		return fmt.Errorf("write JUnit report: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, data)
	return err
}

func (s Suite) junit() junitSuite {
	suite := junitSuite{Name: clean(s.Name)}
	if s.Err != nil {
		suite.Tests, suite.Errors, suite.Time = 1, 1, seconds(0)
		suite.Cases = []junitCase{{
			Name: "the contract can be judged", ClassName: suite.Name, File: s.File, Time: suite.Time,
			Error: &junitProblem{Message: clean(s.Err.Error())},
		}}
		return suite
	}
	var total time.Duration
	for _, it := range s.Result.Interactions {
		c := junitCase{Name: clean(it.Description), ClassName: suite.Name, File: s.File, Time: seconds(it.Duration)}
		if len(it.States) > 0 {
			c.Name += " (given " + clean(strings.Join(it.States, ", ")) + ")"
		}
		switch problem := problem(it); {
		case it.Verified:
		case s.lets(it):
			suite.Skipped++
			problem.Message = "pending: " + problem.Message
			c.Skipped = problem
		default:
			suite.Failures++
			c.Failure = problem
		}
		total += it.Duration
		suite.Tests++
		suite.Cases = append(suite.Cases, c)
	}
	suite.Time = seconds(total)
	return suite
}

func problem(it pact.InteractionResult) *junitProblem {
	var lines []string
	for _, m := range it.Mismatches {
		lines = append(lines, m.Place()+": "+m.Message)
	}
	return &junitProblem{Message: clean(it.Reason), Text: clean(strings.Join(lines, "\n"))}
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }

// clean drops what XML 1.0 cannot hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF {
			return '?'
		}
		return r
	}, s)
}
