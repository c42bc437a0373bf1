/// <reference types="vitest/config" />
import { gzipSync } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/** What the first visit to a call in English downloads; other languages and scripts load when used. */
const FIRST_VISIT = /(index\.html|index-.*\.(js|css)|en-.*\.js|worker-.*\.js|\.wasm|latin-wght-normal-.*\.woff2)$/;

/** Prints the weight of a first visit, compressed as it travels. */
function firstVisit(): Plugin {
  return {
    name: 'incamera-first-visit',
    apply: 'build',
    writeBundle(_options, bundle) {
      const sizes = new Map<string, number>();
      for (const [name, part] of Object.entries(bundle)) {
        if (!FIRST_VISIT.test(name)) continue;
        const kind = name.split('.').pop() ?? '';
        const content = Buffer.from(part.type === 'chunk' ? part.code : part.source);
        // Fonts are compressed already.
        const bytes = kind === 'woff2' ? content.length : gzipSync(content, { level: 9 }).length;
        sizes.set(kind, (sizes.get(kind) ?? 0) + bytes);
      }
      const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
      const parts = [...sizes].map(([kind, bytes]) => `${kind} ${kilobytes(bytes)}`).join(', ');
      console.log(`First visit, gzip: ${kilobytes(total)} (${parts})`);
    },
  };
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

/** A server started by `incamera serve` or `./x demo`; `npm run dev` passes the API on to it. */
const server = process.env['INCAMERA_SERVER'] ?? 'http://localhost:8080';

export default defineConfig({
  plugins: [svelte(), firstVisit()],
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
