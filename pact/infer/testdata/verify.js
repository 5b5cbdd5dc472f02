// Runs the official native verifier with provider states:
// node verify.js FILE URL STATE-URL [NAME=VALUE]...
// Prints its JSON report; the exit code is 0 however the verdict is, and 2 if
// there is none.
"use strict";
const { getFfiLib } = require("@pact-foundation/pact-core/dist/ffi");

const [file, url, states, ...headers] = process.argv.slice(2);
const provider = new URL(url);
const ffi = getFfiLib("error");
const handle = ffi.pactffiVerifierNewForApplication("pactape-test", "1");
ffi.pactffiVerifierSetProviderInfo(handle, "provider", provider.protocol.slice(0, -1),
  provider.hostname, Number(provider.port), provider.pathname);
ffi.pactffiVerifierSetProviderState(handle, states, false, true);
ffi.pactffiVerifierSetFollowRedirects(handle, false);
ffi.pactffiVerifierSetVerificationOptions(handle, true, 10000);
ffi.pactffiVerifierAddFileSource(handle, file);
for (const header of headers) {
  const i = header.indexOf("=");
  ffi.pactffiVerifierAddCustomHeader(handle, header.slice(0, i), header.slice(i + 1));
}
ffi.pactffiVerifierExecute(handle, () => {
  const report = ffi.pactffiVerifierJson(handle);
  ffi.pactffiVerifierShutdown(handle);
  if (!report) process.exit(2);
  // The native library prints to stdout too: mark where the report begins.
  require("node:fs").writeSync(1, "\n--- report\n" + report + "\n");
  process.exit(0);
});
