// Steps about programs that answer for expectations, over plain WebSockets and
// over TLS, and about actions that have a server answer. See drive.js.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const { mockServerClient } = require('mockserver-client');

// listen starts a server that tells what it was sent.
async function listen() {
  const server = http.createServer((req, res) => {
    const chunks = [];
    req.on('data', (chunk) => chunks.push(chunk));
    req.on('end', () => {
      res.writeHead(202, { 'X-Server': 'real', 'Content-Type': 'text/plain' });
      res.end(`${req.method} ${req.url} ${req.headers['x-a']} ${req.headers['x-b']} ${Buffer.concat(chunks)}`);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

// The steps for a client, which speaks to a pactape by the request function.
function callbackSteps(title, client, request, granted) {
  return {
    [`${title}: a response callback`]: async () => {
      const { statusCode, body } = await granted(client().mockWithCallback(
        { path: '/called/.*' },
        (req) => ({ statusCode: 201, headers: { 'X-Method': [req.method] }, body: `you asked ${req.path}` }),
        { remainingTimes: 2, unlimited: false }));
      assert.equal(statusCode, 201);
      assert.ok(body.includes('httpResponseObjectCallback'), body);
      for (const name of ['a', 'b']) {
        const answer = await request('PUT', `/called/${name}`, 'content');
        assert.deepEqual([answer.status, answer.headers['x-method'], answer.body], [201, 'PUT', `you asked /called/${name}`]);
        assert.equal(answer.headers.websocketcorrelationid, undefined);
      }
      assert.equal((await request('GET', '/called/c')).status, 404);
    },

    [`${title}: a callback sees the request`]: async () => {
      await granted(client().mockWithCallback({ path: '/seen' }, (req) => ({
        statusCode: 200, headers: { 'Content-Type': ['application/json'] },
        body: JSON.stringify([req.method, req.queryStringParameters, req.headers['X-A'], req.body]),
      })));
      const { body } = await request('POST', '/seen?q=1&q=2', 'hello', { 'X-A': 'b' });
      assert.deepEqual(JSON.parse(body), ['POST', { q: ['1', '2'] }, ['b'], 'hello']);
    },

    [`${title}: a forward callback`]: async () => {
      const server = await listen();
      await granted(client().mockWithForwardCallback({ path: '/away' }, (req) => ({
        method: 'PUT', path: '/there', headers: { Host: [`127.0.0.1:${server.address().port}`], 'X-A': ['1'] },
        body: `${req.body}!`, socketAddress: { host: '127.0.0.1', port: server.address().port, scheme: 'HTTP' },
      })));
      const answer = await request('POST', '/away?q=1', 'hello', { 'X-B': '2' });
      assert.deepEqual([answer.status, answer.headers['x-server'], answer.body],
        [202, 'real', 'PUT /there 1 undefined hello!']);
      server.close();
    },

    [`${title}: a forward callback that changes the answer`]: async () => {
      const server = await listen();
      await granted(client().mockWithForwardAndResponseCallback({ path: '/changed' }, () => ({
        path: '/there', socketAddress: { host: '127.0.0.1', port: server.address().port, scheme: 'HTTP' },
      }), (req, res) => ({ statusCode: 200, body: `${req.path}: ${res.statusCode} ${res.body.string}` })));
      const answer = await request('GET', '/changed');
      assert.deepEqual([answer.status, answer.body], [200, '/there: 202 GET /there undefined undefined ']);
      server.close();
    },

    [`${title}: what the callbacks did is in the log`]: async () => {
      await granted(client().verify({ path: '/called/a', method: 'PUT' }, 1, 1));
      const pairs = await granted(client().retrieveRecordedRequestsAndResponses({ path: '/seen|/away' }));
      assert.deepEqual(pairs.map((p) => [p.httpRequest.path, p.httpResponse.statusCode]), [['/seen', 200], ['/away', 202]]);
    },

    [`${title}: forward, override, error`]: async () => {
      const server = await listen();
      const { port } = server.address();
      await granted(client().mockAnyResponse([
        { httpRequest: { path: '/f' }, httpForward: { host: '127.0.0.1', port, scheme: 'HTTP' } },
        { httpRequest: { path: '/o' }, httpOverrideForwardedRequest: {
          requestOverride: { path: '/elsewhere', headers: { 'X-A': ['9'] }, socketAddress: { host: '127.0.0.1', port, scheme: 'HTTP' } },
          responseOverride: { headers: { 'X-Server': ['mine'] } } } },
        { httpRequest: { path: '/e' }, httpError: { dropConnection: true, responseBytes: Buffer.from('eQqmdjEEoaXnCvcK6lOAIZeU', 'base64').toString('base64') } },
      ]));
      assert.equal((await request('GET', '/f', '', { 'X-A': '1' })).body, 'GET /f 1 undefined ');
      const overridden = await request('GET', '/o');
      assert.deepEqual([overridden.headers['x-server'], overridden.body], ['mine', 'GET /elsewhere 9 undefined ']);
      await assert.rejects(request('GET', '/e'));
      server.close();
    },

    [`${title}: a scenario`]: async () => {
      await granted(client().mockAnyResponse([
        { httpRequest: { path: '/order' }, scenarioName: title, scenarioState: 'Started', newScenarioState: 'Paid', httpResponse: { body: 'open' } },
        { httpRequest: { path: '/order' }, scenarioName: title, scenarioState: 'Paid', httpResponse: { body: 'paid' } },
      ]));
      const seen = [];
      for (let i = 0; i < 3; i++) seen.push((await request('GET', '/order')).body);
      assert.deepEqual(seen, ['open', 'paid', 'paid']);
    },

    [`${title}: reset ends the callbacks`]: async () => {
      const { body } = await granted(client().mockWithCallback({ path: '/gone' }, () => ({ statusCode: 200 })));
      await granted(client().reset());
      await granted(client().mockAnyResponse(JSON.parse(body)));
      const answer = await request('GET', '/gone');
      assert.equal(answer.status, 404);
      assert.match(answer.body, /callback client is not connected/);
      await granted(client().reset());
    },
  };
}

// secured fetches the authority's certificate, as a user would, and speaks
// over TLS from then on. The client looks for it in the working directory
// before it opens a WebSocket, be it a plain one, or fetches another from the
// internet.
function secured(port, request) {
  const file = './CertificateAuthorityCertificate.pem';
  let client, plain;
  return {
    client: () => client,
    plain: () => plain,
    async connect() {
      fs.writeFileSync(file, (await request('GET', '/mockserver/ca.pem')).body);
      client = mockServerClient('localhost', port, undefined, true, file);
      plain = mockServerClient('127.0.0.1', port, undefined, false, file);
    },
    request(method, target, body = '', headers = {}) {
      return new Promise((resolve, reject) => {
        const options = { host: 'localhost', port, method, path: target, headers, agent: false, ca: fs.readFileSync(file) };
        const req = https.request(options, (res) => {
          const chunks = [];
          res.on('data', (chunk) => chunks.push(chunk));
          res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, body: Buffer.concat(chunks).toString() }));
        });
        req.on('error', reject);
        req.end(body);
      });
    },
  };
}

module.exports = { callbackSteps, secured };
