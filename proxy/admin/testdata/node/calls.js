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

module.exports.callSteps = (client, request, granted) => ({
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

  'what is left out says so': async () => {
    await new Promise((resolve) => client.freezeClock().then(
      () => assert.fail('it was not refused'), (text) => { assert.match(String(text), /clock/); resolve(); }));
  },
});
