// `npm run e2e`: runs the end-to-end tests inside a network namespace of their own.
//
// Firefox does not use 127.0.0.1 for ICE, so media needs another address; and no test may reach the
// machine's network. `unshare` makes network, process and mount namespaces that vanish with this
// process, so nothing is left behind however the run ends. Arguments are passed on to vitest.

import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const self = fileURLToPath(import.meta.url);
const web = fileURLToPath(new URL('..', import.meta.url));
const address = '10.77.0.1';

/** @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} env */
function become(command, args, env) {
  // Ctrl-C reaches the whole process group; the child decides when to end.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
  const child = spawn(command, args, { cwd: web, stdio: 'inherit', env });
  child.on('error', (error) => {
    console.error(`${command}: ${error.message}. Debian has it in util-linux and iproute2.`);
    process.exit(1);
  });
  child.on('exit', (code) => process.exit(code ?? 1));
}

function makeLinks() {
  for (const line of [
    'link set lo up',
    'link add seats type veth peer name far',
    `addr add ${address}/24 dev seats`,
    'link set seats up',
    'link set far up',
    `route add default via ${address}`,
  ]) {
    const made = spawnSync('ip', line.split(' '), { stdio: 'inherit' });
    if (made.status !== 0) throw new Error(`ip ${line} failed`);
  }
}

if (process.env['INCAMERA_E2E_ADDRESS'] === undefined) {
  const root = process.getuid?.() === 0;
  const spaces = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc', ...(root ? [] : ['--map-root-user'])];
  become('unshare', [...spaces, process.execPath, self, ...process.argv.slice(2)], {
    ...process.env,
    INCAMERA_E2E_ADDRESS: address,
  });
} else {
  makeLinks();
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
  const args = ['run', '--config', 'vitest.e2e.config.ts', ...process.argv.slice(2)];
  become(process.execPath, [vitest, ...args], process.env);
}
