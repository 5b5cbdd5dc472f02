package wire_test

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/wire"
)

func TestEncodeExpectations(t *testing.T) {
	t.Parallel()
	e := decodeOne(t, `{"id":"a","httpResponse":{}}`)
	one := string(wire.EncodeExpectation(nil, e))
	for _, tt := range []struct {
		name string
		in   []*expectations.Expectation
		want string
	}{
		{"none", nil, "[]"},
		{"one", []*expectations.Expectation{e}, "[ " + one + " ]"},
		{"two", []*expectations.Expectation{e, e}, "[ " + one + ", " + one + " ]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			if err := wire.EncodeExpectations(&out, wire.All(tt.in)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An expectation that cannot be read is left out and named; the array stays
// whole.
func TestEncodeSkipsErrors(t *testing.T) {
	t.Parallel()
	lost := errors.New("lost")
	seq := func(yield func(*expectations.Expectation, error) bool) {
		for range 2 {
			if !yield(nil, lost) || !yield(&expectations.Expectation{ID: "a", Action: &expectations.Respond{}}, nil) {
				return
			}
		}
	}
	var out bytes.Buffer
	if err := wire.EncodeExpectations(&out, seq); !errors.Is(err, lost) {
		t.Errorf("got %v, want lost", err)
	}
	doc, err := jsondoc.Parse(out.Bytes())
	if err != nil || len(doc.Items) != 2 {
		t.Errorf("%d items, %v", len(doc.Items), err)
	}
}

func TestEncodeStopsWhenTheReaderIsGone(t *testing.T) {
	t.Parallel()
	gone, yielded := errors.New("gone"), 0
	e := &expectations.Expectation{Action: &expectations.Respond{}, ID: strings.Repeat("x", 10_000)}
	err := wire.EncodeExpectations(failingWriter{gone}, func(yield func(*expectations.Expectation, error) bool) {
		for yielded < 1000 && yield(e, nil) {
			yielded++
		}
	})
	if !errors.Is(err, gone) || yielded > 10 {
		t.Errorf("got %v after %d expectations", err, yielded)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

// The answers of a captured expectation become expectations of their own that
// replay in order when they are put back.
func TestOrderedAnswers(t *testing.T) {
	t.Parallel()
	id := uuid.NewSHA1(uuid.NameSpaceURL, []byte("x")).String()
	e := &expectations.Expectation{
		ID: id, Origin: expectations.OriginCaptured,
		Request: &expectations.RequestMatcher{Path: expectations.Text{Value: "/poll"}},
		Action:  &expectations.Respond{Answers: []*expectations.Answer{{Status: 201}, {Status: 202}, {Status: 203}}},
	}
	print := func() []*expectations.Expectation {
		var out bytes.Buffer
		if err := wire.EncodeExpectations(&out, wire.All([]*expectations.Expectation{e})); err != nil {
			t.Fatal(err)
		}
		es, err := wire.DecodeExpectations(out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		return es
	}
	es, again := print(), print()
	if diff := cmp.Diff(es, again); diff != "" {
		t.Errorf("printed otherwise the second time: %s", diff)
	}
	once := expectations.Times{Limited: true, Remaining: 1}
	ids := map[string]bool{}
	for i, want := range []struct {
		status int
		times  expectations.Times
	}{{201, once}, {202, once}, {203, expectations.Times{}}} {
		if es[i].Times != want.times || answer(es[i]).Status != want.status || es[i].Request.Path.Value != "/poll" {
			t.Errorf("%d: %+v", i, es[i])
		}
		if err := uuid.Validate(es[i].ID); err != nil {
			t.Error(err)
		}
		ids[es[i].ID] = true
	}
	if es[0].ID != id || len(ids) != 3 {
		t.Errorf("ids %v, first %s", ids, es[0].ID)
	}
}

// MockServer's form of recorded expectations: bodies in full.
func TestEncodeRecorded(t *testing.T) {
	t.Parallel()
	e := &expectations.Expectation{
		ID: "uuid",
		Request: &expectations.RequestMatcher{
			Method: expectations.Text{Value: "POST"}, Path: expectations.Text{Value: "/orders"},
			Body: &expectations.BodyMatcher{
				ContentType: "application/json", Kind: expectations.JSONBody{Raw: []byte(`{"a":1}`)},
			},
		},
		Action: &expectations.Respond{Answers: []*expectations.Answer{{
			Status: 200, Reason: "OK", Header: http.Header{"Content-Type": {"text/plain"}},
			Body: &expectations.AnswerBody{Kind: expectations.AnswerString, Bytes: []byte("ok")},
		}}},
	}
	var out strings.Builder
	if err := wire.EncodeRecorded(&out, wire.All([]*expectations.Expectation{e})); err != nil {
		t.Fatal(err)
	}
	want := `[ {
  "httpRequest" : {
    "method" : "POST",
    "path" : "/orders",
    "body" : {
      "contentType" : "application/json",
      "type" : "JSON",
      "json" : {
        "a" : 1
      },
      "rawBytes" : "eyJhIjoxfQ=="
    }
  },
  "httpResponse" : {
    "statusCode" : 200,
    "reasonPhrase" : "OK",
    "headers" : {
      "Content-Type" : [ "text/plain" ]
    },
    "body" : {
      "type" : "STRING",
      "string" : "ok",
      "rawBytes" : "b2s=",
      "contentType" : "text/plain"
    }
  },
  "id" : "uuid",
  "priority" : 0,
  "timeToLive" : {
    "unlimited" : true
  },
  "times" : {
    "unlimited" : true
  }
} ]`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	if _, err := wire.DecodeExpectations([]byte(out.String())); err != nil {
		t.Errorf("cannot be put back: %v", err)
	}
}

// recordings yields n captured expectations of about 1.5 KB each.
func recordings(n int) iter.Seq2[*expectations.Expectation, error] {
	body := []byte(`[` + strings.Repeat(`{"id":12,"name":"a name","tags":["x","y"],"price":12.50},`, 16) + `{}]`)
	return func(yield func(*expectations.Expectation, error) bool) {
		for i := range n {
			e := &expectations.Expectation{
				ID: uuid.NewSHA1(uuid.NameSpaceURL, []byte(strconv.Itoa(i))).String(), Origin: expectations.OriginCaptured,
				Request: &expectations.RequestMatcher{
					Method: expectations.Text{Value: "GET"},
					Path:   expectations.Text{Value: "/items/" + strconv.Itoa(i)},
					Headers: expectations.MultiMatcher{Entries: []expectations.NamedTexts{
						{Name: expectations.Text{Value: "Host"}, Values: []expectations.Text{{Value: "api.test"}}},
						{Name: expectations.Text{Value: "Accept"}, Values: []expectations.Text{{Value: "application/json"}}},
					}},
				},
				Action: &expectations.Respond{Answers: []*expectations.Answer{{
					Status: 200, Reason: "OK",
					Header: http.Header{
						"Content-Type": {"application/json"}, "Date": {"Tue, 01 Sep 2026 10:00:00 GMT"}, "Etag": {`"abc"`},
					},
					Body: &expectations.AnswerBody{Kind: expectations.AnswerJSON, Bytes: body, ContentType: "application/json"},
				}}},
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// Memory does not grow with the number of expectations.
func TestEncodeIsStreamed(t *testing.T) {
	t.Parallel()
	longest := 0
	w := writerFunc(func(p []byte) (int, error) {
		longest = max(longest, len(p))
		return len(p), nil
	})
	if err := wire.EncodeRecorded(w, recordings(2000)); err != nil {
		t.Fatal(err)
	}
	if longest > 64<<10 {
		t.Errorf("wrote %d bytes at once", longest)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// Retrieving 10 000 recordings: the yardstick is 0.3 s for the whole call.
func BenchmarkEncodeRecorded10000(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := wire.EncodeRecorded(io.Discard, recordings(10_000)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeExpectations10000(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := wire.EncodeExpectations(io.Discard, recordings(10_000)); err != nil {
			b.Fatal(err)
		}
	}
}

// Loading 10 000 stubs: the yardstick is 0.5 s for the whole call.
func BenchmarkDecodeExpectations10000(b *testing.B) {
	var doc bytes.Buffer
	doc.WriteString("[")
	for i := range 10_000 {
		if i > 0 {
			doc.WriteString(",")
		}
		doc.WriteString(`{"httpRequest":{"method":"GET","path":"/items/` + strconv.Itoa(i) +
			`"},"httpResponse":{"statusCode":200,"headers":{"Content-Type":["application/json"]},"body":"{\"id\":1}"}}`)
	}
	doc.WriteString("]")
	b.SetBytes(int64(doc.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.DecodeExpectations(doc.Bytes()); err != nil {
			b.Fatal(err)
		}
	}
}
