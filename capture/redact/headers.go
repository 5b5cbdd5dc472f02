package redact

import (
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// headers returns h with its secrets replaced: h itself if there are none,
// otherwise a copy that shares the values that stayed.
func (s *scanner) headers(h http.Header) http.Header {
	if s.headersEnd == 0 {
		s.headersStart = len(s.found)
	}
	out, copied := h, false
	for name, values := range h {
		fresh := s.headerValues(name, values)
		if fresh == nil {
			continue
		}
		if !copied {
			out, copied = maps.Clone(h), true
		}
		out[name] = fresh
	}
	s.headersEnd = len(s.found)
	return out
}

// headerValues returns the values of a field redacted, nil if none changed.
func (s *scanner) headerValues(name string, values []string) []string {
	if s.r.rules.allows(name) {
		return nil
	}
	var fresh []string
	for i, v := range values {
		redacted := s.headerValue(name, v)
		if redacted == v {
			continue
		}
		if fresh == nil {
			fresh = slices.Clone(values)
		}
		fresh[i] = redacted
	}
	return fresh
}

func (s *scanner) headerValue(name, v string) string {
	switch name {
	case "Authorization", "Proxy-Authorization":
		return s.authorization(name, v)
	case "Cookie":
		return s.cookies(v)
	case "Set-Cookie":
		return s.setCookie(v)
	case "Content-Type", "Content-Length", "Date", "Accept", "Accept-Encoding", "User-Agent", "Host", "Connection":
		return v
	}
	p := place{in: "header", name: name}
	if s.judgeHeader(name).covers(v) {
		if v == "" {
			return v
		}
		token, class := s.credential(s.scratch(), v)
		s.report(p, class)
		return keep(v, token)
	}
	if len(v) < minText && strings.IndexByte(v, '=') < 0 {
		return v
	}
	e := edit{src: v}
	s.plain(&e, 0, len(v), p)
	return e.string()
}

// judgeHeader is rules.header, remembering names.
func (s *scanner) judgeHeader(name string) verdict {
	if len(name) > maxName {
		return s.r.rules.header(name)
	}
	j := s.headerNames.of(name)
	if j.name != name {
		*j = judgement{name: strings.Clone(name), verdict: s.r.rules.header(name)}
	}
	return j.verdict
}

// keep is string(token), or v itself if that is the same.
func keep(v string, token []byte) string {
	if string(token) == v {
		return v
	}
	return string(token)
}

// authorization redacts credentials (RFC 9110 §11.4), whatever their scheme.
func (s *scanner) authorization(name, v string) string {
	if v == "" || schemeOf(v) == len(v) {
		return v
	}
	token, class := s.credentials(s.scratch(), v)
	s.report(place{in: "header", name: name}, class)
	return keep(v, token)
}

// schemes are those that are recognised outside an Authorization header too.
var schemes = [...]string{
	"Bearer", "Basic", "Token", "Digest", "Negotiate", "NTLM", "DPoP", "ApiKey", "OAuth", "AWS4-HMAC-SHA256", "JWT", "HOBA", "Hawk",
}

// schemeOf returns the length of the authentication scheme v begins with, 0
// if it begins with none of schemes.
func schemeOf(v string) int {
	for _, name := range schemes {
		n := len(name)
		if len(v) >= n && strings.EqualFold(v[:n], name) && (len(v) == n || v[n] == ' ') {
			return n
		}
	}
	return 0
}

// credential appends what stands for a secret that may be a bare value or,
// as some APIs have it, one with its scheme ("Bearer …").
func (s *scanner) credential(dst []byte, v string) (out []byte, class string) {
	if n := schemeOf(v); n > 0 && n < len(v) && strings.TrimLeft(v[n:], " ") != "" {
		return s.credentials(dst, v)
	}
	return s.secret(dst, v)
}

// credentials appends the value of an Authorization header redacted: the
// scheme stays, and so do the names of parameters.
func (s *scanner) credentials(dst []byte, v string) (out []byte, class string) {
	scheme := strings.IndexByte(v, ' ')
	if scheme <= 0 || !isToken(v[:scheme]) {
		return s.secret(dst, v)
	}
	rest := strings.TrimLeft(v[scheme:], " ")
	dst = append(dst, v[:len(v)-len(rest)]...)
	rest = strings.TrimRight(rest, " \t")
	switch {
	case rest == "":
		return dst, classString
	case isToken68(rest):
		return s.token68(dst, v[:scheme], rest)
	case !strings.Contains(rest, "="):
		dst, _ = s.secret(dst, rest)
		return dst, schemeClass(v[:scheme])
	}
	if !isToken(rest[:strings.IndexByte(rest, '=')]) {
		dst, _ = s.secret(dst, rest)
		return dst, schemeClass(v[:scheme])
	}
	for rest != "" {
		var param string
		param, rest = cutParam(rest)
		dst = s.authParam(dst, param)
		if rest != "" {
			dst, rest = append(dst, ','), rest[1:]
		}
	}
	return dst, schemeClass(v[:scheme])
}

func schemeClass(scheme string) string {
	switch {
	case strings.EqualFold(scheme, "Bearer"):
		return classBearer
	case strings.EqualFold(scheme, "Basic"):
		return classBasic
	default:
		return classString
	}
}

// token68 appends single credentials; those of Basic stay decodable, their
// two halves redacted each (RFC 7617 §2).
func (s *scanner) token68(dst []byte, scheme, v string) (out []byte, class string) {
	class = schemeClass(scheme)
	if class != classBasic {
		dst, _ = s.secret(dst, v)
		return dst, class
	}
	plain, err := base64.StdEncoding.DecodeString(v)
	user, password, ok := strings.Cut(string(plain), ":")
	if err != nil || !ok {
		dst, _ = s.secret(dst, v)
		return dst, class
	}
	pair, _ := s.secret(make([]byte, 0, 2*jwtLen), user)
	pair = append(pair, ':')
	pair, _ = s.secret(pair, password)
	return base64.StdEncoding.AppendEncode(dst, pair), class
}

// maxParamName is the length of the longest parameter name without a value:
// what is longer is a value itself, padded with "=".
const maxParamName = 24

// authParam appends one parameter of credentials, its value redacted (RFC
// 9110 §11.2). What Digest and AWS call realm, algorithm and so on is no
// secret and stays.
func (s *scanner) authParam(dst []byte, param string) []byte {
	name, value, ok := strings.Cut(param, "=")
	inner := strings.TrimSpace(value)
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "realm", "algorithm", "qop", "nc", "signedheaders", "oauth_signature_method", "oauth_version":
		return append(dst, param...)
	}
	if !ok || !isToken(strings.TrimSpace(name)) || inner == "" && len(name) > maxParamName {
		dst, _ = s.secret(dst, strings.TrimSpace(param))
		return dst
	}
	dst = append(append(dst, name...), '=')
	if len(inner) < 2 || inner[0] != '"' || inner[len(inner)-1] != '"' {
		dst, _ = s.secret(dst, inner)
		return dst
	}
	dst = append(dst, '"')
	dst, _ = s.secret(dst, inner[1:len(inner)-1])
	return append(dst, '"')
}

// cutParam cuts v at its first comma outside quotes; rest begins with it.
func cutParam(v string) (param, rest string) {
	quoted := false
	for i := 0; i < len(v); i++ {
		switch {
		case quoted && v[i] == '\\':
			i++
		case v[i] == '"':
			quoted = !quoted
		case v[i] == ',' && !quoted:
			return v[:i], v[i:]
		}
	}
	return v, ""
}

// isToken reports whether v is a token (RFC 9110 §5.6.2), roughly.
func isToken(v string) bool {
	for i := range len(v) {
		if c := v[i]; !isBase64URL(c) && c != '.' && c != '+' && c != '!' && c != '*' && c != '~' {
			return false
		}
	}
	return v != ""
}

// isToken68 reports whether v is a token68 (RFC 9110 §11.2).
func isToken68(v string) bool {
	v = strings.TrimRight(v, "=")
	for i := range len(v) {
		if c := v[i]; !isBase64URL(c) && c != '.' && c != '+' && c != '/' && c != '~' {
			return false
		}
	}
	return v != ""
}

// cookies redacts the values of a Cookie header (RFC 6265 §4.2).
func (s *scanner) cookies(v string) string {
	e := edit{src: v}
	for lo := 0; lo < len(v); {
		end := strings.IndexByte(v[lo:], ';')
		if end < 0 {
			end = len(v)
		} else {
			end += lo
		}
		s.cookie(&e, lo, end)
		lo = end + 1
	}
	return e.string()
}

// setCookie redacts the value of a Set-Cookie header, whose attributes stay.
func (s *scanner) setCookie(v string) string {
	end := strings.IndexByte(v, ';')
	if end < 0 {
		end = len(v)
	}
	e := edit{src: v}
	s.cookie(&e, 0, end)
	return e.string()
}

// cookie redacts the pair in e.src[lo:hi].
func (s *scanner) cookie(e *edit, lo, hi int) {
	pair := e.src[lo:hi]
	name, value, ok := strings.Cut(pair, "=")
	if !ok {
		name, value = "", pair
	}
	value = strings.TrimLeft(value, " \t")
	lo = hi - len(value)
	value = strings.TrimRight(value, " \t")
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
		lo++
	}
	name = strings.TrimSpace(name)
	if value == "" || s.r.rules.allows(name) {
		return
	}
	token, _ := s.secret(s.scratch(), value)
	s.report(place{in: "cookie", name: name}, classCookie)
	e.replace(lo, lo+len(value), token)
}
