/// <reference types="vitest/config" />
import { gzipSync } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/** Prints what a first visit downloads, compressed. */
function bundleSize(): Plugin {
  return {
    name: 'incamera-bundle-size',
    apply: 'build',
    writeBundle(_options, bundle) {
      const sizes = new Map<string, number>();
      for (const [name, part] of Object.entries(bundle)) {
        const kind = name.split('.').pop() ?? '';
        const bytes = kind === 'woff2' ? Buffer.from(content(part)).length : gzipSync(content(part), { level: 9 }).length;
        sizes.set(kind, (sizes.get(kind) ?? 0) + bytes);
      }
      const kilobytes = [...sizes].map(([kind, bytes]) => `${kind} ${(bytes / 1000).toFixed(1)} kB`).join(', ');
      console.log(`All files, gzip (woff2 as it is): ${kilobytes}`);
    },
  };
}

const content = (part: { type: 'chunk'; code: string } | { type: 'asset'; source: string | Uint8Array }): string | Uint8Array =>
  part.type === 'chunk' ? part.code : part.source;

/** A server started by `incamera serve` or `./x demo`; `npm run dev` passes the API on to it. */
const server = process.env['INCAMERA_SERVER'] ?? 'http://localhost:8080';

export default defineConfig({
  plugins: [svelte(), bundleSize()],
  build: {
    target: 'es2022',
    // The content policy allows no data: URLs for scripts, and a file with a hash can be kept for ever.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  worker: { format: 'es' },
  server: {
    proxy: {
      '/api': { target: server, ws: true, changeOrigin: true },
      '/healthz': { target: server, changeOrigin: true },
    },
  },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
  },
});
