package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
)

func newSession() *cobra.Command {
	session := &cobra.Command{
		Use:   "session",
		Short: "List, show and delete recordings",
		RunE: func(*cobra.Command, []string) error {
			return &usageError{errors.New("session needs list, show or delete")}
		},
	}
	session.Args = noCommand
	session.AddCommand(
		newSessionCommand("list", "List the sessions that were recorded", listSessions),
		newSessionCommand("show NAME", "Show what a session holds", showSession),
		newSessionCommand("delete NAME...", "Delete recordings for good", deleteSessions),
	)
	return session
}

// newSessionCommand wraps a function over the recordings on disk.
func newSessionCommand(use, short string, run func(*cobra.Command, *capture.Recordings, []string) error) *cobra.Command {
	var data string
	cmd := &cobra.Command{Use: use, Short: short}
	if strings.Contains(use, "NAME") {
		cmd.ValidArgsFunction = completeSession
	}
	cmd.Flags().StringVar(&data, "data", "", "`directory` of the recordings (default: sessions in the home directory)")
	cmd.Flags().Bool("json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		home, err := homeDir(cmd.Flags())
		if err != nil {
			return err
		}
		recordings, err := capture.Open(capture.Options{Dir: (&captureFlags{data: data}).dir(home)})
		if err != nil {
			return err
		}
		return errors.Join(run(cmd, recordings, args), recordings.Close())
	}
	return cmd
}

func listSessions(cmd *cobra.Command, recordings *capture.Recordings, args []string) error {
	if err := noArgs(cmd, args); err != nil {
		return err
	}
	infos, err := recordings.List()
	if err != nil {
		return err
	}
	if asJSON, _ := cmd.Flags().GetBool("json"); asJSON {
		return printJSON(cmd, sessionRows(infos))
	}
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
	for _, row := range sessionRows(infos) {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", row.Session, humanize.IBytes(uint64(row.Bytes)), humanize.Time(row.Modified))
	}
	return table.Flush()
}

// A sessionRow is one session as list prints it.
type sessionRow struct {
	Session  string    `json:"session"`
	Bytes    int64     `json:"bytes"`
	Modified time.Time `json:"modified"`
}

func sessionRows(infos []capture.SessionInfo) []sessionRow {
	rows := make([]sessionRow, 0, len(infos))
	for _, info := range infos {
		rows = append(rows, sessionRow{info.ID.String(), info.Bytes, info.Modified})
	}
	return rows
}

// openRecorded opens a session that exists; it does not make one.
func openRecorded(recordings *capture.Recordings, name string) (*capture.Session, error) {
	id, err := expectations.ParseSessionID(name)
	if err != nil {
		return nil, &usageError{err}
	}
	infos, err := recordings.List()
	if err != nil {
		return nil, err
	}
	for _, info := range infos {
		if info.ID != id {
			continue
		}
		session, err := recordings.Session(id, capture.SessionOptions{})
		if errors.Is(err, capture.ErrInUse) {
			return nil, fmt.Errorf("%w; a running pactape is asked for it by pactape export --server URL, or PUT /mockserver/retrieve", err)
		}
		return session, err
	}
	return nil, fmt.Errorf("there is no recorded session %q (pactape session list shows those there are)", id)
}

func showSession(cmd *cobra.Command, recordings *capture.Recordings, args []string) error {
	if len(args) != 1 {
		return &usageError{errors.New("session show needs one session name")}
	}
	session, err := openRecorded(recordings, args[0])
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	asJSON, _ := cmd.Flags().GetBool("json")
	if asJSON {
		return printJSON(cmd, session.Stats())
	}
	for ex, err := range session.Exchanges(cmd.Context()) {
		if err != nil {
			return err
		}
		status := "failed"
		if ex.Response != nil {
			status = fmt.Sprint(ex.Response.Status)
		}
		path := ex.Request.Path
		if ex.Request.RawQuery != "" {
			path += "?" + ex.Request.RawQuery
		}
		_, _ = fmt.Fprintf(out, "%s  %-6s %s%s  %s  %s\n", ex.Started.Format("2006-01-02 15:04:05.000"),
			ex.Request.Method, ex.Request.Authority, path, status, ex.Timings.Total.Round(10*time.Microsecond))
	}
	return nil
}

func deleteSessions(_ *cobra.Command, recordings *capture.Recordings, args []string) error {
	if len(args) == 0 {
		return &usageError{errors.New("session delete needs session names")}
	}
	var errs []error
	for _, name := range args {
		id, err := expectations.ParseSessionID(name)
		if err != nil {
			errs = append(errs, &usageError{err})
			continue
		}
		err = recordings.Delete(id)
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("there is no recorded session %q", id)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// printJSON prints v indented on stdout.
func printJSON(cmd *cobra.Command, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", data)
	return err
}
