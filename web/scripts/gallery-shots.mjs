// Pictures of every screen of the gallery, and what axe-core finds wrong with each.
//
//   node scripts/gallery-shots.mjs [name-part] [--sizes desk,phone] [--schemes light,dark] [--languages en,uk]
//
// Starts Vite's development server, drives Debian's Chromium, writes PNGs to .cache/shots of the
// checkout, and ends with 1 if axe-core found anything.

import { AxeBuilder } from '@axe-core/playwright';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sizes: { type: 'string', default: 'desk,phone' },
    schemes: { type: 'string', default: 'light,dark' },
    languages: { type: 'string', default: 'en' },
  },
});
const SIZES = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 844 }, side: { width: 844, height: 390 }, wall: { width: 1920, height: 1080 } };
/** What to do once the screen stands, for states that screens keep themselves. */
const PRESSES = { 'table-nine-people': 'p', 'table-nine-alarmed-people': 'p', 'table-nine-text': 't', 'table-nine-text-waiting': 't', 'table-nine-text-empty': 't', 'table-nine-text-circle': 't', 'table-nine-text-circle-closed': 't', 'table-nine-text-circle-long': 't', 'table-nine-screen-people': 'p', 'table-leave': 'l', 'table-nine-ready': 'p' };
const CLICKS = { 'table-nine-text-circle': '[role=tab] >> nth=1', 'table-nine-text-circle-closed': '[role=tab] >> nth=1', 'table-nine-text-circle-long': '[role=tab] >> nth=1', 'table-settings': 'header > button', 'table-nine-sealing': 'header .status button', 'table-nine-ready': '.panel .sealing button:nth-of-type(2)', 'home-sealed': 'main button[aria-haspopup=dialog]' };
const web = fileURLToPath(new URL('..', import.meta.url));
const out = join(web, '..', '.cache', 'shots');
mkdirSync(out, { recursive: true });

const server = await createServer({ root: web, server: { port: 0, host: '127.0.0.1' }, logLevel: 'error' });
await server.listen();
const url = `http://127.0.0.1:${server.httpServer.address().port}/gallery`;
const profile = join(tmpdir(), `incamera-gallery-${process.pid}`);
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'];
let findings = 0;

for (const locale of values.languages.split(',')) {
  for (const size of values.sizes.split(',')) {
    for (const scheme of values.schemes.split(',')) await shoot(locale, size, scheme);
  }
}
await server.close();
rmSync(profile, { recursive: true, force: true });
console.log(findings === 0 ? `axe-core found nothing. Pictures are in ${out}` : `axe-core: ${findings} findings`);
process.exit(findings === 0 ? 0 : 1);

async function shoot(locale, size, scheme) {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium', args: flags, viewport: SIZES[size], colorScheme: scheme, locale,
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.log(`page error: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && console.log(`console: ${message.text()}`));
  await page.goto(url);
  await page.locator('main a').first().waitFor();
  const names = await page.locator('main a').allTextContents();
  for (const name of names.filter((n) => positionals.length === 0 || positionals.some((part) => n.includes(part)))) {
    await page.goto(`${url}?screen=${name}`);
    await page.locator('h1, dialog').first().waitFor();
    await page.evaluate(() => document.fonts.ready);
    if (PRESSES[name]) await page.keyboard.press(PRESSES[name]);
    if (CLICKS[name]) await page.locator(CLICKS[name]).first().click();
    // Answers to the words are taken only when the dialog has stood for a moment.
    await page.waitForTimeout(name.startsWith('table-check') ? 1000 : 250);
    const file = `${name}.${size}.${scheme}${locale === 'en' ? '' : `.${locale}`}.png`;
    await page.screenshot({ path: join(out, file), fullPage: !name.startsWith('table') });
    await report(page, file);
  }
  await context.close();
}

async function report(page, file) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (overflow > 0) console.log(`${file}: ${overflow} px wider than the window`), findings++;
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const { id, help, nodes } of violations) {
    findings += nodes.length;
    console.log(`${file}: ${id}: ${help}`);
    for (const node of nodes.slice(0, 3)) console.log(`    ${node.target.join(' ')}  ${node.failureSummary?.split('\n')[1] ?? ''}`);
  }
}
