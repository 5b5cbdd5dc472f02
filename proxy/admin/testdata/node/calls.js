// Steps about the calls beside expectations, verifications and retrievals. See
// drive.js.
'use strict';

const assert = require('node:assert/strict');
const http = require('node:http');

const petstore = {
  openapi: '3.0.0', info: { title: 'pets', version: '1' },
  paths: { '/pets/{id}': { get: {
    operationId: 'showPet',
    parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
    responses: {
      200: { description: 'a pet', content: { 'application/json': { example: { id: 1, name: 'Rex' } } } },
      404: { description: 'none' },
    },
  } } },
};

const pact = {
  consumer: { name: 'web' }, provider: { name: 'pets' },
  interactions: [{
    description: 'a pet', request: { method: 'GET', path: '/cats/1' },
    response: { status: 200, headers: { 'Content-Type': 'application/json' }, body: { id: 1 } },
  }],
  metadata: { pactSpecification: { version: '3.0.0' } },
};

module.exports.callSteps = (client, request, granted, port) => callSteps(client, request, granted, async (method, path, body) => {
  const answer = await fetch(`http://127.0.0.1:${port}/mockserver${path}`, { method, body: body && JSON.stringify(body) });
  return { status: answer.status, text: await answer.text() };
});

// The steps for a client; call makes one of the API over plain HTTP.
const callSteps = (client, request, granted, call) => ({
  'OpenAPI': async () => {
    await granted(client.reset());
    const { body } = await granted(client.openAPIExpectation({ specUrlOrPayload: petstore, operationsAndResponses: { showPet: '200' } }));
    assert.equal(JSON.parse(body).length, 1);
    const pet = await request('GET', '/pets/7');
    assert.deepEqual([pet.status, JSON.parse(pet.body)], [200, { id: 1, name: 'Rex' }]);
    assert.equal((await request('GET', '/pets/rex')).status, 404);
  },

  'a template': async () => {
    await granted(client.mockAnyResponse({ httpRequest: { path: '/hello' }, httpResponseTemplate: {
      templateType: 'MUSTACHE', template: '{"statusCode": 200, "body": "{{ request.method }} {{ request.path }}"}' } }));
    assert.equal((await request('PATCH', '/hello')).body, 'PATCH /hello');
  },

  'logs': async () => {
    await granted(client.reset());
    await granted(client.mockAnyResponse({ httpRequest: { path: '/logged' }, httpResponse: { body: 'x' }, times: { remainingTimes: 1 } }));
    await request('GET', '/logged');
    await request('GET', '/somewhere/else');
    const lines = await granted(client.retrieveLogMessages({ path: '/logged' }));
    for (const [i, text] of ['resetting all expectations and request logs', 'creating expectation:\n\n  {', 'received request:\n\n  {\n    "method" : "GET",\n    "path" : "/logged"', 'request:\n\n  {'].entries()) {
      assert.ok(lines[i].includes(text), `${i}: ${lines[i]}`);
    }
    assert.ok(!lines.join().includes('/somewhere/else'));
  },

  'bind a further port': async () => {
    const ports = JSON.parse((await granted(client.bind([0]))).body).ports;
    assert.equal(ports.length, 1);
    const body = await new Promise((resolve, reject) => {
      http.get({ host: '127.0.0.1', port: ports[0], path: '/mockserver/mode', agent: false }, (res) => {
        res.on('data', (chunk) => resolve(chunk.toString()));
      }).on('error', reject);
    });
    assert.match(body, /"mode":"SPY"/);
  },

  'mode': async () => {
    assert.equal((await request('PUT', '/mockserver/mode?mode=SIMULATE')).body, '{"mode":"SIMULATE","proxyUnmatchedRequests":false}');
    assert.equal((await request('PUT', '/mockserver/mode?mode=spy')).body, '{"mode":"SPY","proxyUnmatchedRequests":true}');
    assert.equal((await request('PUT', '/mockserver/mode?mode=x')).status, 400);
  },

  'pact: import, verify, export': async () => {
    await granted(client.reset());
    const made = await request('PUT', '/mockserver/pact/import', JSON.stringify(pact));
    assert.equal(made.status, 201, made.body);
    assert.deepEqual(JSON.parse((await request('GET', '/cats/1')).body), { id: 1 });
    assert.equal((await request('PUT', '/mockserver/pact/verify', JSON.stringify(pact))).status, 202);
    const other = structuredClone(pact);
    other.interactions[0].response.status = 201;
    const refusal = await request('PUT', '/mockserver/pact/verify', JSON.stringify(other));
    assert.equal(refusal.status, 406);
    assert.match(refusal.body, /status code mismatch: expected 201 but was 200/);
    const exported = JSON.parse((await request('PUT', '/mockserver/pact?consumer=web&provider=pets')).body);
    assert.deepEqual(exported.interactions.map((i) => [i.request.path, i.response.status]), [['/cats/1', 200]]);
  },

  'HAR: what was retrieved can be imported': async () => {
    await granted(client.reset());
    await granted(client.mockAnyResponse({ httpRequest: { path: '/har' }, httpResponse: { statusCode: 202, body: 'h' } }));
    await request('GET', '/har');
    const har = await granted(client.retrieveRecordedRequestsAndResponsesAsHar({ path: '/har' }));
    await granted(client.reset());
    assert.equal((await request('PUT', '/mockserver/import?format=har', JSON.stringify(har))).status, 201);
    const again = await request('GET', '/har');
    assert.deepEqual([again.status, again.body], [202, 'h']);
  },

  'configuration': async () => {
    const read = async () => JSON.parse((await call('GET', '/configuration')).text);
    const { maxExpectations } = await read();
    const changed = await call('PUT', '/configuration', { maxExpectations: 77 });
    assert.equal(changed.status, 200);
    assert.match(changed.text, /"maxExpectations" : 77/);
    assert.equal((await read()).maxExpectations, 77);
    assert.equal((await call('PUT', '/configuration', { maxExpectations: 'many' })).status, 400);
    await call('PUT', '/configuration', { maxExpectations });
  },

  'scenario calls': async () => {
    await granted(client.reset());
    await granted(client.mockAnyResponse([
      { httpRequest: { path: '/bill' }, scenarioName: 'bill', scenarioState: 'Started', newScenarioState: 'Paid', httpResponse: { body: 'open' } },
      { httpRequest: { path: '/bill' }, scenarioName: 'bill', scenarioState: 'Paid', httpResponse: { body: 'paid' } },
    ]));
    const state = async () => JSON.parse((await call('GET', '/scenario/bill')).text).currentState;
    assert.equal(await state(), 'Started');
    assert.equal((await request('GET', '/bill')).body, 'open');
    assert.equal(await state(), 'Paid');
    assert.equal((await call('PUT', '/scenario/bill', { state: 'Started' })).status, 200);
    assert.equal((await request('GET', '/bill')).body, 'open');
    assert.equal((await call('PUT', '/scenario/bill/trigger', { newState: 'Paid' })).status, 200);
    assert.deepEqual(JSON.parse((await call('GET', '/scenario')).text).scenarios, [{ scenarioName: 'bill', currentState: 'Paid' }]);
    assert.equal((await call('PUT', '/scenario/bill', { states: 'x' })).status, 400);
  },

  'debugMismatch': async () => {
    await granted(client.reset());
    await granted(client.mockAnyResponse({ id: 'wanted', httpRequest: { method: 'GET', path: '/wanted' }, httpResponse: {} }));
    const report = JSON.parse((await call('PUT', '/debugMismatch', { method: 'POST', path: '/wanted' })).text);
    assert.deepEqual([report.closestMatch.expectationId, report.totalExpectations], ['wanted', 1]);
    assert.deepEqual(Object.keys(report.results[0].differences), ['method']);
  },

  'verify what was answered': async () => {
    await granted(client.reset());
    await granted(client.mockAnyResponse({ id: 'made', httpRequest: { path: '/made' }, httpResponse: { statusCode: 201, body: { a: 1 } } }));
    await request('GET', '/made');
    await granted(client.verifyResponse({ statusCode: 201, body: { a: 1 } }, 1, 1));
    await granted(client.verifyRequestAndResponse({ path: '/made' }, { statusCode: 201 }));
    await granted(client.verifySequenceWithResponses([{ request: { path: '/made' }, response: { statusCode: 201 } }]));
    await new Promise((resolve) => client.verifyResponse({ statusCode: 299 }).then(
      () => assert.fail('it was verified'), (text) => { assert.equal(text, 'Response not found at least once'); resolve(); }));
    assert.deepEqual((await granted(client.retrieveRecordedRequestsById('made'))).map((r) => r.path), ['/made']);
  },

  'mode, configuration, scenarios and contracts by the client itself': async () => {
    assert.equal((await granted(client.setMode('capture'))).mode, 'CAPTURE');
    assert.equal((await granted(client.setMode('SPY'))).mode, (await granted(client.retrieveMode())).mode);
    const { maxLogEntries } = await granted(client.retrieveConfiguration());
    assert.equal((await granted(client.updateConfiguration({ maxLogEntries: 50 }))).maxLogEntries, 50);
    await granted(client.updateConfiguration({ maxLogEntries }));
    await granted(client.scenario('own').set('Paid'));
    assert.equal((await granted(client.scenario('own').state())).currentState, 'Paid');
    await granted(client.reset());
    assert.equal((await granted(client.pactImport(pact))).length, 1);
    const exported = await granted(client.pactExport('web', 'pets'));
    assert.deepEqual(exported.interactions.map((i) => i.request.path), ['/cats/1']);
    const verdict = await granted(client.pactVerify(exported));
    assert.equal(verdict.verified ?? verdict.passed, true, JSON.stringify(verdict));
  },

  'clear by id leaves the others, and their log': async () => {
    await granted(client.reset());
    await granted(client.mockAnyResponse([{ id: 'a', httpRequest: { path: '/a' }, httpResponse: {} }, { id: 'b', httpRequest: { path: '/b' }, httpResponse: {} }]));
    for (const path of ['/a', '/b', '/b']) await request('GET', path);
    await granted(client.verifyById({ id: 'b' }, 2, 2));
    await granted(client.clearById('a', 'LOG'));
    assert.deepEqual((await granted(client.retrieveRecordedRequests())).map((r) => r.path), ['/b', '/b']);
    assert.equal((await request('GET', '/a')).status, 200);
    await granted(client.clearById('a'));
    assert.deepEqual((await granted(client.retrieveActiveExpectations())).map((e) => e.id), ['b']);
    assert.equal((await request('GET', '/a')).status, 404);
  },

  'status, and what the log holds as entries': async () => {
    const status = JSON.parse((await call('PUT', '/status')).text);
    assert.equal(status.artifactId, 'mockserver-core');
    assert.ok(status.ports.length > 0);
    const entries = JSON.parse((await call('PUT', '/retrieve?type=logs&format=log_entries', { path: '/b' })).text);
    assert.ok(entries.some((e) => e.type === 'RECEIVED_REQUEST' && e.httpRequest.path === '/b'), JSON.stringify(entries));
  },

  'what is left out says so': async () => {
    await new Promise((resolve) => client.freezeClock().then(
      () => assert.fail('it was not refused'), (text) => { assert.match(String(text), /clock/); resolve(); }));
  },

  'stop': async () => {
    assert.equal((await call('PUT', '/stop')).status, 200);
    for (;;) {
      try {
        await request('GET', '/gone');
      } catch (err) {
        if (err.code === 'ECONNREFUSED') return;
      }
    }
  },
});
