// Joins a path of the file system with a port of the network namespace it runs in: what drives Firefox goes over a
// WebSocket to the browser's own loopback, which the test cannot reach, and must not go over the line that is cut.
//
//   node relay.mjs PATH PORT

import { connect, createServer } from 'node:net';

const [path, port] = process.argv.slice(2);
createServer((near) => {
  const far = connect(Number(port), '127.0.0.1');
  for (const [one, other] of [[near, far], [far, near]]) {
    one.pipe(other);
    one.on('error', () => other.destroy());
  }
}).listen(path, () => console.log('ready'));
