package infer_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// A forms service takes forms and XML and answers in forms, XML and JSON.
type forms struct {
	fake
	mux *http.ServeMux
}

func newForms(seed uint64) provider {
	f := &forms{fake: newFake(seed), mux: http.NewServeMux()}
	f.mux.HandleFunc("POST /oauth/token", f.token)
	f.mux.HandleFunc("POST /pay/charges", f.charge)
	f.mux.HandleFunc("GET /pay/charges/{id}", f.getCharge)
	f.mux.HandleFunc("GET /pay/service.xml", f.description)
	f.mux.HandleFunc("POST /pay/soap", f.soap)
	f.mux.HandleFunc("GET /pay/statements/{id}", f.statement)
	f.mux.HandleFunc("GET /pay/callback", f.callback)
	return f
}

func (f *forms) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.mux.ServeHTTP(w, r) }

func (f *forms) token(w http.ResponseWriter, r *http.Request) {
	if r.PostFormValue("grant_type") == "" {
		answer(w, http.StatusBadRequest, object{"error": "invalid_request"})
		return
	}
	secret := base64.RawURLEncoding.EncodeToString([]byte(f.uuid()))
	answer(w, http.StatusOK, object{"access_token": secret, "token_type": "Bearer", "expires_in": 60 * (1 + f.IntN(60)), "scope": f.words(1, 2)})
}

func (f *forms) ulid() string {
	return strings.ToUpper(fmt.Sprintf("01%024s", strings.ReplaceAll(f.uuid(), "-", "")[:24]))
}

func (f *forms) body(id string) object {
	return object{
		"id": id, "amount": 100 + f.IntN(100_000), "currency": f.pick("EUR", "USD"), "captured": f.IntN(2) == 0, "created": f.time(),
		"card":    object{"last4": strconv.Itoa(1000 + f.IntN(9000)), "valid": object{"month": 1 + f.IntN(12), "year": 2030 + f.IntN(9)}},
		"refunds": []any{object{"id": f.uuid(), "count": f.IntN(9)}},
	}
}

func (f *forms) charge(w http.ResponseWriter, r *http.Request) {
	if r.PostFormValue("amount") == "" {
		w.Header().Set("Content-Type", "application/x-www-form-urlencoded")
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = w.Write([]byte(query("error", "amount", "trace", f.uuid())))
		return
	}
	id := f.ulid()
	w.Header().Set("Location", "https://"+r.Host+"/pay/charges/"+id+"?view=full")
	answer(w, http.StatusCreated, f.body(id))
}

func (f *forms) getCharge(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.PathValue("id"), "00") {
		answer(w, http.StatusNotFound, object{"error": "no charge"})
		return
	}
	answer(w, http.StatusOK, f.body(r.PathValue("id")))
}

func (f *forms) description(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/xml")
	_, _ = w.Write([]byte(`<?xml version="1.0"?><service><name>pay</name><version>3</version></service>`))
}

func (f *forms) soap(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = fmt.Fprintf(w, `<?xml version="1.0"?><result><id>%s</id></result>`, f.uuid())
}

// statement is a document with namespaces, attributes, lists and parts that are
// not always there.
func (f *forms) statement(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/xml")
	_, _ = fmt.Fprintf(w, `<?xml version="1.0"?><s:statement xmlns:s="urn:pay" xmlns:m="urn:money" id="%s" created="%s">`, r.PathValue("id"), f.time())
	if f.IntN(2) == 0 {
		_, _ = fmt.Fprintf(w, `<s:remark>%s</s:remark>`, f.word())
	}
	_, _ = fmt.Fprintf(w, `<s:owner ref="%s"><s:name>%s</s:name></s:owner><s:entries>`, f.uuid(), f.word())
	for range 1 + f.IntN(4) {
		_, _ = fmt.Fprintf(w, "\n  <s:entry m:currency=%q><s:booked>%s</s:booked><s:count>%d</s:count><m:amount>%d.%02d</m:amount></s:entry>",
			f.pick("EUR", "USD"), f.date(), f.IntN(90), f.IntN(900), f.IntN(100))
	}
	_, _ = fmt.Fprint(w, "</s:entries></s:statement>")
}

func (f *forms) callback(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/x-www-form-urlencoded")
	_, _ = w.Write([]byte(query("state", f.uuid(), "code", f.word())))
}

func (f *forms) state(name string, _ map[string]string) map[string]string {
	if name == "charge does not exist" {
		return map[string]string{"ulid": "00" + f.ulid()[2:]}
	}
	return map[string]string{"ulid": f.ulid()}
}

func formsCorpus() corpus {
	const charge, charges, token = `^/pay/charges/`, `^/pay/charges$`, `^/oauth/token$`
	return corpus{
		name: "forms", start: newForms, drive: driveForms,
		breakages: map[string]target{
			"rename top":           {"POST", token, "access_token"},
			"rename in item":       {"GET", charge, "refunds.0.id"},
			"drop required":        {"POST", token, "token_type"},
			"drop object":          {"GET", charge, "card"},
			"number to string":     {"GET", charge, "amount"},
			"string to number":     {"GET", charge, "currency"},
			"integer to decimal":   {"POST", token, "expires_in"},
			"object to list":       {"GET", charge, "card"},
			"list to object":       {"POST", token, "scope"},
			"list becomes empty":   {"POST", charges, "refunds"},
			"null":                 {"POST", charges, "currency"},
			"boolean to string":    {"POST", charges, "captured"},
			"UUID to integer":      {"GET", charge, "refunds.0.id"},
			"time to epoch":        {"GET", charge, "created"},
			"time without zone":    {"POST", charges, "created"},
			"200 to 204":           {"GET", `^/pay/service.xml$`, ""},
			"404 to 200":           {"GET", charge, ""},
			"content type changes": {"GET", `^/pay/callback$`, ""},
			"prefix lost":          {"POST", `^/pay/`, ""},
			"Location disappears":  {"POST", charges, ""},
		},
	}
}

func driveForms(c *client) {
	const form = "application/x-www-form-urlencoded"
	for i := range 6 {
		c.do(http.MethodPost, "/oauth/token", form, query("grant_type", "client_credentials", "client_id", fmt.Sprint("web", i)))
		w := c.do(http.MethodPost, "/pay/charges", form, query("amount", strconv.Itoa(i), "currency", "EUR", "order", newFake(uint64(i)).uuid()))
		path := strings.TrimPrefix(w.Header().Get("Location"), "https://api.test")
		path, _, _ = strings.Cut(path, "?")
		c.get(path)
		c.do(http.MethodGet, "/pay/service.xml", "", "")
		c.do(http.MethodGet, "/pay/statements/"+strconv.Itoa(70+i), "", "")
		c.do(http.MethodPost, "/pay/soap", "text/xml", fmt.Sprintf(`<ask xmlns="urn:pay"><id>%d</id><note lang="en">%s</note></ask>`, i, newFake(uint64(i)).word()))
		c.do(http.MethodGet, "/pay/callback", "", "")
	}
	c.do(http.MethodPost, "/pay/charges", form, query("currency", "EUR"))
	c.do(http.MethodPost, "/pay/charges", form, query("currency", "USD"))
	c.do(http.MethodPost, "/pay/soap", "text/xml", "<ping/>")
	c.do(http.MethodPost, "/pay/soap", "text/xml", "<ping/>")
	c.get("/pay/charges/00ABCDEFGH0123456789ABCDEF")
}
