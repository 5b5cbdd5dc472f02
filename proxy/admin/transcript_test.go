package admin_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/pactape/pactape/proxy/admin"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata")

// TestTranscripts plays the calls of testdata/*.txtar and compares what is
// answered. A file holds, in order, steps named by what they are:
//
//	title.call      a call of the API, whose golden answer is title.answer
//	title.traffic   a request that expectations answer, or nobody
//	title.exchange  a request that was forwarded and recorded, and its response
//
// The header Session of the latter two names their session. Above the first
// step is what the file shows; a line "token: x" there sets the token, "ready:
// text" makes the server not ready, "fixed: yes" one of which nothing can be
// changed.
//
// Generated ids are numbered in answers, and may be named by their number in
// calls; local times are replaced.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	seen := &calls{good: map[string]bool{}, bad: map[string]bool{}}
	t.Run("play", func(t *testing.T) {
		for _, file := range files {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
				t.Parallel()
				play(t, file, seen)
			})
		}
	})
	if strings.Contains(flag.Lookup("test.run").Value.String(), "/") {
		return // not all were played
	}
	// Every call is in a transcript, well made and badly.
	all, restricted := admin.Routes()
	for _, route := range all {
		if strings.HasSuffix(route, "websocket") {
			continue // no call and answer; MockServer's client is its test
		}
		if !seen.good[route] {
			t.Errorf("%s succeeds in no transcript", route)
		}
		if restricted[route] && !seen.bad[route] {
			t.Errorf("%s fails in no transcript", route)
		}
	}
}

// named is what a path of a route with a name in it begins with.
var named = regexp.MustCompile(`/scenario/[^/]+`)

// calls are the routes that transcripts have called.
type calls struct {
	mu        sync.Mutex
	good, bad map[string]bool
}

func (c *calls) saw(method, target string, status int) {
	path, _, _ := strings.Cut(target, "?")
	if !strings.HasPrefix(path, "/mockserver/") {
		path = "/mockserver" + path
	}
	path = named.ReplaceAllString(path, "/scenario/{name}")
	c.mu.Lock()
	defer c.mu.Unlock()
	if status < 400 || status == http.StatusNotAcceptable {
		c.good[method+" "+path] = true
	} else {
		c.bad[method+" "+path] = true
	}
}

func play(t *testing.T, file string, seen *calls) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, func(o *admin.Options) { configure(o, string(archive.Comment)) })
	names := &uuids{}
	played := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		title, kind := strings.TrimSuffix(f.Name, filepath.Ext(f.Name)), filepath.Ext(f.Name)
		if kind == ".answer" {
			continue // written anew
		}
		played.Files = append(played.Files, f)
		switch kind {
		case ".call":
			m := parseMessage(t, names.restore(string(f.Data)))
			got := r.call(m.first[0], m.first[1], string(m.body), headerPairs(m.header)...)
			seen.saw(m.first[0], m.first[1], got.status)
			played.Files = append(played.Files, txtar.File{Name: title + ".answer", Data: []byte(names.replace(answerText(got)))})
		case ".traffic":
			r.traffic(string(f.Data))
		case ".exchange":
			r.exchange(string(f.Data))
		default:
			t.Fatalf("%s: what is a step %s?", file, kind)
		}
	}
	want, got := string(txtar.Format(archive)), string(txtar.Format(played))
	if *update && want != got {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got; -update accepts it)\n%s", d)
	}
}

// configure reads the settings in a transcript's comment.
func configure(o *admin.Options, comment string) {
	for line := range strings.Lines(comment) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "token":
			o.Token = value
		case "fixed":
			o.Settings, o.Bind, o.Stop, o.Counts = nil, nil, nil, nil
		case "ready":
			o.Ready = func(context.Context) error { return errors.New(value) }
		}
	}
}

func headerPairs(h http.Header) []string {
	var pairs []string
	for name, values := range h {
		for _, v := range values {
			pairs = append(pairs, name, v)
		}
	}
	return pairs
}

func answerText(a answer) string {
	text := fmt.Sprintf("%d %s\n%s", a.status, http.StatusText(a.status), headerText(a.header))
	if a.body == "" {
		return text
	}
	return text + "\n" + strings.TrimSuffix(a.body, "\n") + "\n"
}

var (
	generatedID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	debugTime   = regexp.MustCompile(`"timestamp" : "[-0-9T:.]+Z"`)
	epochTime   = regexp.MustCompile(`"epochTime" : \d{13}`)
	localTime   = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}`)
)

// uuids numbers generated ids as they appear.
type uuids struct{ seen []string }

func (u *uuids) replace(text string) string {
	text = generatedID.ReplaceAllStringFunc(text, func(id string) string {
		if !slices.Contains(u.seen, id) {
			u.seen = append(u.seen, id)
		}
		return u.name(slices.Index(u.seen, id))
	})
	text = epochTime.ReplaceAllString(text, `"epochTime" : <ms>`)
	text = debugTime.ReplaceAllString(text, `"timestamp" : "<time>"`)
	return localTime.ReplaceAllString(text, "<local time>")
}

// restore puts ids in place of their names.
func (u *uuids) restore(text string) string {
	for i, id := range u.seen {
		text = strings.ReplaceAll(text, u.name(i), id)
	}
	return text
}

func (*uuids) name(i int) string { return fmt.Sprintf("<id %d>", i+1) }
