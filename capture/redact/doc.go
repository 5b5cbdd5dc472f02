// Package redact replaces secrets in recorded messages by tokens, in a way
// that keeps replay working.
//
// A token depends on nothing but the secret and the key: the same secret gives
// the same token whichever place it stands in, so that the token that a login
// returns is the token of the bearer header that follows. A request that comes
// in at replay is redacted by the same function before it is compared with
// what was recorded. Redacting a token changes nothing, which is what a client
// sends that was given one. Tokens keep the kind of value they stand for: a
// JWT stays one, digits stay digits, a UUID a UUID, and "Bearer " stays.
//
// # What is redacted
//
// Always:
//   - headers: the credentials in Authorization and Proxy-Authorization (the
//     scheme and parameter names stay), the values of Cookie and Set-Cookie
//     (names and attributes stay), and headers with a secret name
//     (X-Api-Key, X-Auth-Token, …);
//   - query parameters, form fields (also those of multipart forms), JSON
//     members, XML elements and attributes with a secret name;
//   - secret parameters of URLs, wherever a URL stands (Location, links in
//     bodies);
//   - user information in URLs (scheme://user:password@host);
//   - the opaque path segment behind "session", "sessions", "token" or
//     "tokens" (/sessions/f4b1c2d3e4, but not /sessions/current);
//   - JWTs and payment card numbers (Luhn-valid, with the prefix and length of
//     an issuer), wherever they stand: paths, headers, any text;
//   - JSON within JSON strings and within form values, server-sent events and
//     JSON lines.
//
// A name is read as words, which capitals, digits and punctuation part, and
// its last words decide (a number or a word such as "value", "hash", "old",
// "new" or "confirmation" behind them is ignored). Secret are:
//
//   - password, passwd, pwd, passphrase, passcode, secret, token, jwt, bearer,
//     credential, authorization, session, otp, totp, cvv, cvc, csrf, xsrf, and
//     words that end in password, passwd, secret, token or apikey
//     ("accesstoken");
//   - key after api, access, secret, private, signing, encryption,
//     subscription, function(s), auth, account, shared, master or session;
//   - session id, secret id, access key id, authorization code, security
//     code, code verifier, client assertion, and the access and refresh of a
//     token;
//   - jsessionid, phpsessid, sessid, sessionid;
//   - in queries and forms also pass, sig, signature and auth.
//
// So access_token, X-Api-Key, newPassword and user[password] are secret;
// token_type, tokens_used, author, next_page and password_reset_url are not.
// Sessions, the plurals (tokens, secrets, passwords, credentials, api keys)
// and names that speak of a quantity (max_token) are secret only where the
// value is not a number. Booleans, null and numbers of one digit never are. A
// member such as id, key or value is judged together with the name of the
// object it is in ({"session":{"id":…}}). What holds for a JSON array holds for
// its items; what holds for an object holds for its members only by a user's
// rule.
//
// # What it is not for
//
// What is forwarded is not touched, and neither are hand-made expectations. It
// does not find secrets that neither their name nor their shape gives away,
// nor such as are split over several events of a stream, nor any in binary
// bodies. Tokens are no encryption: nothing leads back to the secret.
//
// # Design
//
// One pass over the bytes by hand-written scanners: nothing is decoded into a
// tree, and nothing is copied unless something is replaced. The scanners do
// not insist on syntax, because a body that was cut short must be redacted as
// well. XML and embedded JSON go beyond what is asked for; they are where
// secrets were found to be left over.
package redact
