// Makes requests in every way that Node's own modules know, and prints one
// JSON line a case: its name, and the answer or what went wrong.
'use strict';

const childProcess = require('child_process');
const http = require('http');
const https = require('https');
const net = require('net');
const { once } = require('events');
const { Duplex } = require('stream');
const { Worker } = require('worker_threads');

const base = 'api.example.test';

const read = async (res) => {
  let text = '';
  for await (const chunk of res) text += chunk;
  return text;
};

const request = async (module, url, options = {}, body = undefined) => {
  const req = typeof url === 'string' ? module.request(url, options) : module.request(url);
  const answered = once(req, 'response');
  req.end(body);
  const [res] = await answered;
  return read(res);
};

const get = async (url, options) => (await fetch(url, options)).text();

// spared expects a direct connection, which the closed port refuses.
const spared = async (promise) => {
  try {
    return await promise;
  } catch (err) {
    const code = (err.cause ?? err).code ?? (err.cause ?? err).errors?.[0]?.code;
    return `direct: ${code}`;
  }
};

const code = async (promise) => {
  try {
    return await promise;
  } catch (err) {
    return String((err.cause ?? err).code ?? err.name);
  }
};

const cases = {
  'fetch http': () => get(`http://${base}/1`),
  'fetch https': () => get(`https://${base}/2?q=%20`),
  'fetch POST': () => get(`https://${base}/3`, { method: 'POST', body: 'body' }),
  'fetch stream': () => get(`https://${base}/4`, {
    method: 'POST',
    duplex: 'half',
    body: new ReadableStream({
      start(controller) {
        for (const part of ['stre', 'amed']) controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    }),
  }),
  'fetch port': () => get(`https://${base}:8443/5`),
  'fetch in parallel': async () => {
    const paths = Array.from({ length: 8 }, (_, i) => `https://${base}/parallel/${i}`);
    const answers = await Promise.all(paths.map((url) => get(url)));
    return `${answers.filter((text, i) => text === `seen GET ${paths[i]} `).length} of ${paths.length}`;
  },
  'fetch address': () => get('https://192.0.2.1/6'),
  'fetch IPv6': () => get('https://[2001:db8::1]/7'),
  'fetch refused': () => code(get('https://refused.example.test/8')),
  'fetch aborted': async () => {
    try {
      return await get(`https://${base}/9`, { signal: AbortSignal.abort() });
    } catch (err) {
      return err.name;
    }
  },
  'http.get': () => request(http, `http://${base}/10`),
  'https.get': () => request(https, `https://${base}/11`),
  'https.request POST': () => request(https, { host: base, path: '/12', method: 'POST' }, {}, 'body'),
  'https kept alive': async () => {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    try {
      return await request(https, `https://${base}/13`, { agent }) + await request(https, `https://${base}/14`, { agent });
    } finally {
      agent.destroy();
    }
  },
  'http own agent': () => request(http, `http://${base}/15`, { agent: new http.Agent() }),
  'https own agent': () => request(https, `https://${base}/16`, { agent: new https.Agent() }),
  'https agent false': () => request(https, `https://${base}/17`, { agent: false }),
  'https IPv6': () => request(https, 'https://[2001:db8::1]/18'),
  'https refused': () => code(request(https, 'https://refused.example.test/')),
  'http own connection': () => request(http, `http://${base}/`, {
    createConnection: () => new Duplex({
      read() {},
      write(_chunk, _encoding, done) {
        this.push('HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\nown connection');
        done();
      },
    }),
  }),
  worker: async () => {
    const source = `fetch('https://${base}/19').then((r) => r.text())
      .then((text) => require('worker_threads').parentPort.postMessage(text))`;
    const [text] = await once(new Worker(source, { eval: true }), 'message');
    return text;
  },
  'child process': () => childProcess.execFileSync(process.execPath,
    ['-e', `require('https').get('https://${base}/20', (res) => res.pipe(process.stdout))`], { encoding: 'utf8' }),
};

// A port on which nothing listens.
const closedPort = async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
};

(async () => {
  const port = await closedPort();
  // Every name is loopback here; the proxy is what must not be asked.
  const lookup = (_host, options, callback) => (options.all
    ? callback(null, [{ address: '127.0.0.1', family: 4 }])
    : callback(null, '127.0.0.1', 4));
  const agent = new https.Agent({ lookup });
  Object.assign(cases, {
    'fetch spared': () => spared(get(`https://127.0.0.1:${port}/`)),
    'https spared': () => spared(request(https, `https://spared.localhost:${port}/`, { agent })),
    'https below spared': () => spared(request(https, `https://api.spared.localhost:${port}/`, { agent })),
    'https spared wildcard': () => spared(request(https, `https://api.wild.localhost:${port}/`, { agent })),
    'http spared range': () => spared(request(http, `http://127.0.0.1:${port}/`)),
    'https spared port': () => spared(request(https, 'https://port.localhost:8/', { agent })),
    'https other port': () => spared(request(https, 'https://port.localhost:9/21', { agent })),
  });
  for (const [name, run] of Object.entries(cases)) {
    let answer;
    try {
      answer = await run();
    } catch (err) {
      answer = `ERROR ${err.message} ${err.cause?.message ?? ''}`;
    }
    console.log(JSON.stringify([name, answer]));
  }
  process.exit(0);
})();
