// Preloaded by "pactape run" and "pactape env" into Node through NODE_OPTIONS.
//
// Node from 22.21 and 24.5 on reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY itself
// where NODE_USE_ENV_PROXY is set: for fetch and for its global agents, but not
// for an agent that a program makes itself. This file makes older ones do that,
// and agents of http and https in all of them. Only how a connection is made
// changes: it is a CONNECT tunnel, for http too, so that requests are the same
// as without a proxy.
//
// Agents that make their connections themselves (proxy agents, for example)
// and requests with a createConnection of their own are left alone.
'use strict';

(() => {
  const native = process.env.NODE_USE_ENV_PROXY === '1' &&
    process.allowedNodeEnvironmentFlags.has('--use-env-proxy');

  const http = require('http');
  const https = require('https');
  const net = require('net');
  const tls = require('tls');
  // Kept, lest a library that patches them later sees our CONNECT.
  const { request } = http;
  const connectTCP = net.connect;
  const connectTLS = tls.connect;

  // As in Node's own support the lower-case name wins.
  const env = (name) => process.env[name] ?? process.env[name.toUpperCase()] ?? '';

  const parseProxy = (value) => {
    if (value === '') return null;
    try {
      const url = new URL(value.includes('://') ? value : `http://${value}`);
      return url.protocol === 'http:' ? url : null;
    } catch {
      return null;
    }
  };
  const proxies = { 'http:': parseProxy(env('http_proxy')), 'https:': parseProxy(env('https_proxy')) };
  if (!proxies['http:'] && !proxies['https:']) return;

  const bare = (host) => (host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host);

  // parseBypass turns one entry of NO_PROXY into a test: *, an address, a
  // range in CIDR notation, or a name that stands for the names below it too.
  // Any of them may have a port.
  const parseBypass = (text) => {
    if (text === '*') return () => true;
    const slash = /^([0-9a-f:.]+)\/(\d+)$/.exec(text);
    if (slash && net.isIP(slash[1])) {
      const family = net.isIPv6(slash[1]) ? 'ipv6' : 'ipv4';
      const list = new net.BlockList();
      list.addSubnet(slash[1], Number(slash[2]), family);
      return (host) => net.isIP(host) !== 0 && list.check(host, net.isIPv6(host) ? 'ipv6' : 'ipv4');
    }
    let name = text;
    let wanted = 0;
    const port = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(text);
    if (port) {
      name = port[1];
      wanted = Number(port[2]);
    }
    name = bare(name).replace(/^\*?\./, '');
    const below = `.${name}`;
    return (host, at) => (wanted === 0 || wanted === at) &&
      (host === name || (net.isIP(host) === 0 && host.endsWith(below)));
  };
  const bypasses = env('no_proxy').toLowerCase().split(/[\s,]+/).filter(Boolean).flatMap((entry) => {
    try {
      return [parseBypass(entry)];
    } catch {
      return []; // a prefix length out of range: an entry that matches nothing
    }
  });

  // proxyFor is the proxy for a host and port, or null to connect directly:
  // also to the proxy itself, for clients that speak to it on their own.
  const proxyFor = (protocol, host, port) => {
    const name = bare(host).toLowerCase().replace(/\.$/, '');
    const proxy = proxies[protocol];
    if (!proxy || (name === bare(proxy.hostname) && port === Number(proxy.port || 80))) return null;
    return bypasses.some((bypass) => bypass(name, port)) ? null : proxy;
  };

  // tunnel opens a connection to host and port through the proxy.
  const tunnel = (proxy, host, port, callback) => {
    const authority = `${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
    const headers = { host: authority };
    if (proxy.username || proxy.password) {
      const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
      headers['proxy-authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`;
    }
    const req = request({
      method: 'CONNECT',
      path: authority,
      headers,
      createConnection: () => connectTCP({ host: bare(proxy.hostname), port: Number(proxy.port || 80) }),
    });
    req.once('connect', (res, socket, head) => {
      if (res.statusCode !== 200) {
        socket.destroy();
        callback(Object.assign(new Error(`proxy answered CONNECT ${authority} with ${res.statusCode} ${res.statusMessage}`),
          { code: 'ERR_PROXY_TUNNEL', statusCode: res.statusCode }));
        return;
      }
      req.removeListener('error', callback);
      socket.setNoDelay(true);
      if (head.length > 0) socket.unshift(head);
      callback(null, socket);
    });
    req.once('error', callback);
    req.end();
  };

  // patch makes an agent's class connect through the proxy. wrap turns the
  // tunnel into the agent's kind of connection.
  const patch = (Agent, protocol, wrap) => {
    const direct = Agent.prototype.createConnection;
    Agent.prototype.createConnection = function createConnection(...args) {
      const [options, callback] = args;
      if (options === null || typeof options !== 'object' || typeof callback !== 'function' ||
          options.socketPath || options.socket || this.options?.proxyEnv) {
        return direct.apply(this, args);
      }
      const host = bare(String(options.host || options.hostname || 'localhost'));
      const port = Number(options.port) || (protocol === 'https:' ? 443 : 80);
      const proxy = proxyFor(protocol, host, port);
      if (!proxy) return direct.apply(this, args);
      tunnel(proxy, host, port, (err, socket) => {
        if (err) return callback(err);
        try {
          callback(null, wrap(this, direct, options, socket));
        } catch (cause) {
          socket.destroy();
          callback(cause);
        }
      });
      return undefined;
    };
  };
  patch(http.Agent, 'http:', (_agent, _direct, _options, socket) => socket);
  // The original does TLS on a socket that it is given, sessions included.
  patch(https.Agent, 'https:', (agent, direct, options, socket) => direct.call(agent, { ...options, socket }));

  // fetch is undici inside Node. Its classes are not exported, but its default
  // dispatcher is reachable, and an Agent takes a function that connects.
  const key = Symbol.for('undici.globalDispatcher.1');
  const patchFetch = () => {
    if (typeof Request !== 'function') return;
    new Request('http://localhost/'); // loads undici, which sets the dispatcher
    const original = globalThis[key];
    if (typeof original?.dispatch !== 'function' || original.constructor?.name !== 'Agent') return;

    const connect = (options, callback) => {
      const secure = options.protocol === 'https:';
      const host = bare(options.hostname);
      const port = Number(options.port) || (secure ? 443 : 80);
      tunnel(proxyFor(options.protocol, host, port), host, port, (err, socket) => {
        if (err) return callback(err, null);
        if (!secure) return callback(null, socket);
        const secured = connectTLS({
          socket,
          host,
          port,
          servername: options.servername || (net.isIP(host) ? '' : host),
          ALPNProtocols: ['http/1.1'],
        });
        secured.once('error', callback);
        secured.once('secureConnect', () => {
          secured.removeListener('error', callback);
          callback(null, secured);
        });
      });
    };
    const proxied = new original.constructor({ connect });
    class EnvProxyAgent extends original.constructor {
      dispatch(options, handler) {
        let agent = original;
        try {
          const { protocol, hostname, port } = new URL(options.origin);
          if (proxyFor(protocol, hostname, Number(port) || (protocol === 'https:' ? 443 : 80))) agent = proxied;
        } catch { /* the original says what is wrong with the origin */ }
        return agent.dispatch(options, handler);
      }

      async close(...args) {
        await Promise.all([proxied.close(), original.close()]);
        return super.close(...args);
      }

      async destroy(...args) {
        await Promise.all([proxied.destroy(), original.destroy()]);
        return super.destroy(...args);
      }
    }
    Object.defineProperty(globalThis, key, {
      value: new EnvProxyAgent(), writable: true, enumerable: false, configurable: false,
    });
  };
  try {
    if (!native) patchFetch();
  } catch { /* an undici of another shape: fetch stays as it is */ }
})();
