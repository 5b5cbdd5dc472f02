// Drives a running pactape with MockServer's official Node client.
//
//   node drive.js PORT
//
// Each step is named; the first that fails ends the program with its name.
'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');
const { mockServerClient } = require('mockserver-client');
const { callbackSteps, secured } = require('./callbacks.js');
const { callSteps } = require('./calls.js');

const port = Number(process.argv[2]);
const client = mockServerClient('127.0.0.1', port);

// request sends a request to pactape, as to a server, or for an absolute URL
// as to a proxy.
function request(method, path, body = '', headers = {}) {
  return new Promise((resolve, reject) => {
    const req = http.request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (res) => {
      const chunks = [];
      res.on('data', (chunk) => chunks.push(chunk));
      res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, body: Buffer.concat(chunks).toString() }));
    });
    req.on('error', reject);
    req.end(body);
  });
}

// settle turns the client's thenables, whose "then" returns nothing, into
// promises; a refusal is the text it was refused with.
function settle(thenable) {
  return new Promise((resolve) => {
    thenable.then((value) => resolve({ value }), (refusal) => resolve({ refusal }));
  });
}

async function granted(thenable) {
  const { value, refusal } = await settle(thenable);
  assert.equal(refusal, undefined);
  return value;
}

async function refused(thenable) {
  const { refusal } = await settle(thenable);
  assert.notEqual(refusal, undefined, 'it was not refused');
  return refusal;
}

const steps = {
  'reset': async () => {
    const { statusCode, body } = await granted(client.reset());
    assert.deepEqual({ statusCode, body }, { statusCode: 200, body: '' });
  },

  'a simple response answers once': async () => {
    await granted(client.mockSimpleResponse('/simple', { name: 'value' }, 203));
    const first = await request('GET', '/simple');
    assert.equal(first.status, 203);
    assert.deepEqual(JSON.parse(first.body), { name: 'value' });
    assert.equal((await request('GET', '/simple')).status, 404);
  },

  'an array of expectations': async () => {
    const { statusCode, body } = await granted(client.mockAnyResponse([
      { id: 'order', httpRequest: { method: 'POST', path: '/orders', body: { type: 'JSON', json: JSON.stringify({ a: 1 }) } },
        httpResponse: { statusCode: 201, body: 'created' } },
      { id: 'other', httpRequest: { path: '/other' }, httpResponse: { statusCode: 200, body: 'other' } },
    ]));
    assert.equal(statusCode, 201);
    assert.deepEqual(JSON.parse(body).map((e) => e.id), ['order', 'other']);
    assert.ok(body.includes('"statusCode" : 201'), body);
    assert.equal((await request('POST', '/orders', '{"b":2,"a":1}')).body, 'created');
    assert.equal((await request('POST', '/orders', '{"b":2}')).status, 404);
    const plain = await request('GET', '/other');
    assert.deepEqual([plain.body, plain.headers['content-type']], ['other', undefined]);
  },

  'a bad expectation is refused': async () => {
    const text = await refused(client.mockAnyResponse({ httpRequest: { paths: '/somePath' }, httpResponse: {} }));
    for (const part of ['incorrect expectation json format for:', '"paths" : "/somePath"',
      '$.httpRequest.paths: is not defined in the schema',
      'Documentation: https://mock-server.com/mock_server/creating_expectations.html']) {
      assert.ok(text.includes(part), text);
    }
  },

  'verify': async () => {
    await granted(client.verify({ method: 'POST', path: '/orders' }, 2, 2));
    await granted(client.verify({ path: '/simple' }));
    assert.equal(await refused(client.verify({ path: '/simple' }, 3)), 'Request not found at least 3 times');
    assert.equal(await refused(client.verify({ path: '/simple' }, 1, 1)), 'Request not found exactly once');
    assert.equal(await refused(client.verify({ path: '/simple' }, undefined, 1)), 'Request not found at most once');
    assert.equal(await refused(client.verifyZeroInteractions()), 'Request not found exactly 0 times');
  },

  'verify by id': async () => {
    await granted(client.verifyById({ id: 'order' }, 1, 1));
    assert.equal(await refused(client.verifyById({ id: 'order' }, 2)), 'Request not found at least 2 times');
  },

  'verify sequences': async () => {
    await granted(client.verifySequence({ path: '/simple' }, { path: '/other' }));
    assert.equal(await refused(client.verifySequence({ path: '/other' }, { path: '/simple' })), 'Request sequence not found');
    await granted(client.verifySequenceById({ id: 'order' }, { id: 'other' }));
    assert.equal(await refused(client.verifySequenceById({ id: 'other' }, { id: 'order' })), 'Request sequence not found');
  },

  'retrieve requests': async () => {
    const all = await granted(client.retrieveRecordedRequests());
    assert.deepEqual(all.map((r) => r.method + ' ' + r.path),
      ['GET /simple', 'GET /simple', 'POST /orders', 'POST /orders', 'GET /other']);
    const some = await granted(client.retrieveRecordedRequests('/orders'));
    assert.deepEqual(some.map((r) => r.body), ['{"b":2,"a":1}', '{"b":2}']);
    const wrapped = await granted(client.retrieveRecordedRequests({ httpRequest: { path: '/other' } }));
    assert.equal(wrapped.length, 1);
  },

  'retrieve responses': async () => {
    const pairs = await granted(client.retrieveRecordedRequestsAndResponses({ path: '/orders' }));
    assert.deepEqual(pairs.map((p) => p.httpResponse.statusCode), [201, 404]);
    assert.match(pairs[0].timestamp, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
  },

  'retrieve responses as HAR': async () => {
    const har = await granted(client.retrieveRecordedRequestsAndResponsesAsHar({ path: '/orders' }));
    assert.equal(har.log.version, '1.2');
    assert.deepEqual(har.log.entries.map((e) => [e.request.method, e.response.status]), [['POST', 201], ['POST', 404]]);
  },

  'retrieve active expectations': async () => {
    const active = await granted(client.retrieveActiveExpectations());
    assert.deepEqual(active.map((e) => e.id), ['order', 'other']);
    assert.deepEqual(active[1].httpRequest, { path: '/other' });
    const none = await granted(client.retrieveActiveExpectations({ path: '/nobody' }));
    assert.deepEqual(none, []);
  },

  'what was retrieved can be put again': async () => {
    const active = await granted(client.retrieveActiveExpectations());
    await granted(client.mockAnyResponse(active));
    assert.deepEqual(await granted(client.retrieveActiveExpectations()), active);
  },

  'retrieve what was recorded': async () => {
    const upstream = http.createServer((req, res) => {
      res.setHeader('Content-Type', 'application/json');
      res.end(JSON.stringify({ url: req.url }));
    });
    await new Promise((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${upstream.address().port}/recorded?page=2`;
    assert.equal((await request('GET', url, '', { Host: new URL(url).host })).body, '{"url":"/recorded?page=2"}');
    upstream.close();
    const recorded = await granted(client.retrieveRecordedExpectations({ path: '/recorded' }));
    assert.equal(recorded.length, 1);
    assert.deepEqual(recorded[0].httpRequest.queryStringParameters, { page: ['2'] });
    assert.deepEqual(recorded[0].httpResponse.body.json, { url: '/recorded?page=2' });
  },

  'clear': async () => {
    await granted(client.clear('/orders', 'LOG'));
    await granted(client.verify({ path: '/orders' }, 0, 0));
    await granted(client.clear({ path: '/orders' }, 'EXPECTATIONS'));
    await granted(client.clearById('other', 'EXPECTATIONS'));
    const left = await granted(client.retrieveActiveExpectations({ path: '/.*' }));
    assert.deepEqual(left.map((e) => e.httpRequest.path), ['/recorded']);
    assert.equal(await refused(client.clearById('other')), 'No expectation found with id other');
    assert.equal((await request('GET', '/other')).status, 404);
  },

  'reset again': async () => {
    await granted(client.reset());
    assert.deepEqual(await granted(client.retrieveRecordedRequests()), []);
    assert.deepEqual(await granted(client.retrieveActiveExpectations()), []);
    assert.deepEqual(await granted(client.retrieveRecordedExpectations()), []);
    await granted(client.verifyZeroInteractions());
  },
};

const tls = secured(port, request);
const all = {
  ...steps,
  'fetch the certificate authority': tls.connect,
  ...callbackSteps('plain', tls.plain, request, granted),
  ...callbackSteps('over TLS', tls.client, tls.request, granted),
  ...callSteps(client, request, granted, port),
};

(async () => {
  for (const [name, step] of Object.entries(all)) {
    try {
      await step();
    } catch (err) {
      console.error(`step "${name}" failed:`);
      console.error(err);
      process.exit(1);
    }
    console.log(`ok ${name}`);
  }
  process.exit(0); // callback clients try to connect again for a while
})();
