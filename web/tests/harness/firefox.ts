// Debian's Firefox ESR, driven by puppeteer-core over WebDriver BiDi, with its own fake devices: its
// camera is a changing colour and its microphone a sine, so what it sends is judged by numbers only.

import puppeteer, { type Browser, type ElementHandle, type KeyInput, type Page } from 'puppeteer-core';

import type { Host } from './hosts.ts';
import { watch } from './inject.ts';
import { type Driver, type Role, Tab } from './tab.ts';
import { pair } from './tones.ts';
import { until } from './wait.ts';

const binary = process.env['FIREFOX'] ?? '/usr/bin/firefox-esr';
/** Of the first seat; on a machine of its own it cannot be found by trying. */
const DEBUGGING_PORT = 9300;

/** One Firefox process. */
export class Firefox {
  private constructor(private readonly browser: Browser) {}

  /** `host`: the machine it runs on; its own network. */
  static async start(options: { seat: number; host?: Host }): Promise<Firefox> {
    const debuggingPort = DEBUGGING_PORT + options.seat;
    await options.host?.relay(debuggingPort);
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: options.host?.command(binary) ?? binary,
      ...(options.host ? { debuggingPort } : {}),
      headless: true,
      acceptInsecureCerts: true, // the server's self-signed certificate
      extraPrefsFirefox: {
        'media.navigator.streams.fake': true,
        'media.navigator.permission.disabled': true,
        'media.navigator.audio.fake_frequency': pair(options.seat)[0],
        'media.autoplay.default': 1, // as shipped: no sound before a click
        'intl.locale.requested': 'en-GB',
        'intl.accept_languages': 'en-GB, en',
        'app.update.enabled': false,
        'datareporting.policy.dataSubmissionEnabled': false,
        'toolkit.telemetry.enabled': false,
        'network.captive-portal-service.enabled': false,
        'network.connectivity-service.enabled': false,
        'services.settings.server': 'data:,',
        'browser.safebrowsing.update.enabled': false,
        'extensions.getAddons.cache.enabled': false,
      },
    });
    return new Firefox(browser);
  }

  /** `apart`: as another machine, for the server; nothing stored is shared. In a window, so that none is behind another. */
  async tab(name: string, apart = false): Promise<Tab> {
    const page = apart ? await (await this.browser.createBrowserContext()).newPage({ type: 'window' }) : await this.browser.newPage();
    await page.setViewport({ width: 1280, height: 800 });
    await page.evaluateOnNewDocument(watch);
    const tab = new Tab(name, new FirefoxDriver(page));
    page.on('console', (message) => {
      if (message.type() === 'error') tab.errors.push(message.text());
    });
    page.on('pageerror', (error) => tab.errors.push(String(error)));
    page.on('request', (request) => tab.requests.push(request.url()));
    return tab;
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

const selectors: Record<Role, string> = {
  button: 'button, [role=button]',
  link: 'a[href]',
  tab: '[role=tab]',
};

class FirefoxDriver implements Driver {
  constructor(private readonly page: Page) {}

  async goto(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: 'domcontentloaded' });
  }

  async reload(): Promise<void> {
    await this.page.reload({ waitUntil: 'domcontentloaded' });
  }

  evaluate<Result, Argument>(run: (argument: Argument) => Result, argument?: Argument): Promise<Awaited<Result>> {
    return this.page.evaluate(run as never, argument as never) as Promise<Awaited<Result>>;
  }

  async click(role: Role, name: RegExp, timeoutMs: number): Promise<void> {
    const found = await until(`a ${role} called ${name} in Firefox`, () => this.find(role, name), timeoutMs);
    await found.click();
  }

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key as KeyInput);
  }

  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path: path as `${string}.png` });
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  private async find(role: Role, name: RegExp): Promise<ElementHandle | undefined> {
    const handle = await this.page.evaluateHandle(
      (selector, source, flags) => {
        const pattern = new RegExp(source, flags);
        const scope = document.querySelector('dialog:modal') ?? document;
        return (
          [...scope.querySelectorAll<HTMLElement>(selector)].find((found) => {
            const enabled = !found.matches(':disabled, [aria-disabled=true]');
            return enabled && found.getClientRects().length > 0 && pattern.test(window.watched.nameOf(found));
          }) ?? null
        );
      },
      selectors[role],
      name.source,
      name.flags,
    );
    return (handle.asElement() as ElementHandle | null) ?? undefined;
  }
}
