// Debian's Chromium, driven by playwright-core, with a fake camera and microphone from files.

import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core';

import { film, tone } from './fake-media.ts';
import type { Host } from './hosts.ts';
import { watch } from './inject.ts';
import { type Driver, type Role, Tab } from './tab.ts';

/** How a Chromium is started. */
export interface ChromiumOptions {
  /** Whose film and tone its camera and microphone play. */
  seat: number;
  /** `false`: none is connected; the microphone is Chromium's own beep then. */
  camera?: boolean;
  /** `false`: the person says no when the browser asks for camera and microphone. */
  allow?: boolean;
  /** A smaller and cheaper film. */
  small?: boolean;
  /** The machine it runs on; its own network. */
  host?: Host;
  /** Further switches. */
  args?: string[];
}

/** How a context (a machine, for the server) looks. */
export interface ContextOptions {
  phone?: boolean;
  dark?: boolean;
}

const binary = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

// Without these, Chromium looks for hosts that no test may reach.
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
];

/** One Chromium process. */
export class Chromium {
  private constructor(readonly browser: Browser) {}

  static async start(options: ChromiumOptions): Promise<Chromium> {
    const devices =
      options.camera === false
        ? ['--use-fake-device-for-media-stream=device-count=0']
        : [
            '--use-fake-device-for-media-stream',
            `--use-file-for-fake-video-capture=${film(options.seat, options.small)}`,
            `--use-file-for-fake-audio-capture=${tone(options.seat)}`,
          ];
    const prompts = options.allow === false ? '--deny-permission-prompts' : '--use-fake-ui-for-media-stream';
    const browser = await chromium.launch({
      executablePath: options.host?.command(binary) ?? binary,
      headless: true,
      args: ['--no-sandbox', ...quiet, ...devices, prompts, ...(options.args ?? [])],
    });
    return new Chromium(browser);
  }

  /** A new machine for the server: nothing stored. */
  async machine(options: ContextOptions = {}): Promise<Machine> {
    const context = await this.browser.newContext({
      viewport: options.phone ? { width: 390, height: 844 } : { width: 1280, height: 800 },
      deviceScaleFactor: options.phone ? 2 : 1,
      hasTouch: options.phone ?? false,
      isMobile: options.phone ?? false,
      colorScheme: options.dark ? 'dark' : 'light',
      locale: 'en-GB',
      ignoreHTTPSErrors: true, // the server's self-signed certificate
      timezoneId: 'Europe/Brussels',
    });
    await context.addInitScript(watch);
    return new Machine(context);
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

/** A browser profile: its tabs share what is stored. */
export class Machine {
  constructor(readonly context: BrowserContext) {}

  async tab(name: string): Promise<ChromiumTab> {
    const page = await this.context.newPage();
    return new ChromiumTab(name, page);
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

/** A tab of Chromium: also judged by axe. */
export class ChromiumTab extends Tab {
  constructor(
    name: string,
    readonly page: Page,
  ) {
    super(name, new ChromiumDriver(page));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('request', (request) => this.requests.push(request.url()));
    page.on('websocket', (socket) => this.requests.push(socket.url()));
  }

  /** Serious and critical violations on the page as it is now. */
  async barriers(): Promise<string[]> {
    const found = await new AxeBuilder({ page: this.page }).analyze();
    return found.violations
      .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
      .map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`);
  }
}

class ChromiumDriver implements Driver {
  constructor(private readonly page: Page) {}

  async goto(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: 'domcontentloaded' });
  }

  async reload(): Promise<void> {
    await this.page.reload({ waitUntil: 'domcontentloaded' });
  }

  evaluate<Result, Argument>(run: (argument: Argument) => Result, argument?: Argument): Promise<Awaited<Result>> {
    return this.page.evaluate(run as never, argument) as Promise<Awaited<Result>>;
  }

  async click(role: Role, name: RegExp, timeoutMs: number): Promise<void> {
    const dialog = this.page.locator('dialog:modal');
    const scope = (await dialog.count()) > 0 ? dialog : this.page;
    await scope.getByRole(role, { name }).first().click({ timeout: timeoutMs });
  }

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path });
  }

  async close(): Promise<void> {
    await this.page.close();
  }
}
