// Turns a folder into an HTTP server on 127.0.0.1 that gzips, and that can go away or fall silent:
// 'normal', 'hang' (accepts, never answers), 'closed' (refuses, on the same port).
import { createServer } from 'node:http';
import { readFileSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.xml': 'application/xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export async function serve(folder) {
  let root = folder;
  let mode = 'normal';
  let server = null;
  let port = 0;
  const packed = new Map();
  const asked = [];

  function file(path) {
    const kept = packed.get(path);
    if (kept) return kept;
    const raw = readFileSync(path);
    const type = TYPES[extname(path)] ?? 'application/octet-stream';
    const entry = extname(path) in TYPES ? { type, body: gzipSync(raw, { level: 9 }), gzip: true } : { type, body: raw, gzip: false };
    packed.set(path, entry);
    return entry;
  }

  function send(response, status, path) {
    const { type, body, gzip } = file(path);
    // no-cache: the browser's own cache must not stand in for the worker's
    const head = { 'content-type': type, 'content-length': body.length, 'cache-control': 'no-cache' };
    if (gzip) head['content-encoding'] = 'gzip';
    response.writeHead(status, head).end(body);
  }

  function answer(request, response) {
    const path = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    asked.push(path.slice(1));
    if (mode === 'hang') return;
    const inside = join(root, normalize(path));
    const kind = statSync(inside, { throwIfNoEntry: false });
    if (kind?.isDirectory() && !path.endsWith('/')) {
      response.writeHead(301, { location: `${path}/` }).end();
      return;
    }
    const target = kind?.isDirectory() ? join(inside, 'index.html') : inside;
    const found = statSync(target, { throwIfNoEntry: false })?.isFile();
    if (found) send(response, 200, target);
    else send(response, 404, join(root, '404.html'));
  }

  async function open() {
    server = createServer(answer);
    await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    port = server.address().port;
  }

  async function close() {
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    server = null;
    await closed;
  }

  await open();
  return {
    origin: `http://127.0.0.1:${port}/`,
    asked,
    /** Serves another folder from now on. */
    show(other) {
      root = other;
      packed.clear();
    },
    async set(wanted) {
      mode = wanted;
      if (wanted === 'closed') await close();
      else if (!server) await open();
    },
    stop: close,
  };
}
