// A stage for the pages: Debian's Chromium in front of a gateway process. It notes all that a good page never does:
// errors on the console, violations of its content security policy, requests to somebody else.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { type GatewayProcess, TOKEN } from './process.ts'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))
export const hasChromium: boolean = CHROMIUM !== undefined

/** What a hook may take that starts a gateway and a browser. */
export const STARTING = 60_000
/** What a test may take that walks through pages on a machine with other things to do. */
export const BROWSING = 120_000

/** Ignored by git: for people to look at. */
const SCREENSHOTS = join(import.meta.dirname, 'screenshots')
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const DESKTOP = { width: 1280, height: 900 }
const PHONE = { width: 390, height: 844 }

export type Look = {
  readonly scheme?: 'light' | 'dark'
  readonly isPhone?: boolean
  /** A browser that runs no script. */
  readonly noScript?: boolean
  /** Whose token goes with each request; null: nobody's. */
  readonly token?: string | null
}

export class Surfing implements AsyncDisposable {
  /** What pages did that they should not; a test expects it to be empty. */
  readonly faults: string[] = []
  readonly #gateway: GatewayProcess
  readonly #browser: Browser

  private constructor(gateway: GatewayProcess, browser: Browser) {
    this.#gateway = gateway
    this.#browser = browser
  }

  static async open(gateway: GatewayProcess): Promise<Surfing> {
    const browser = await chromium.launch({
      executablePath: CHROMIUM ?? 'chromium',
      args: [
        ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
        ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      ],
    })
    return new Surfing(gateway, browser)
  }

  /** A tab of its own, with cookies of its own, at `path`. */
  async tab(
    path: string,
    { scheme = 'light', isPhone = false, noScript = false, token = TOKEN }: Look = {},
  ): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: isPhone ? PHONE : DESKTOP,
      colorScheme: scheme,
      javaScriptEnabled: !noScript,
      baseURL: this.#gateway.url,
      permissions: ['clipboard-read', 'clipboard-write'],
      ...(token !== null && { extraHTTPHeaders: { Authorization: `Bearer ${token}` } }),
    })
    this.#listen(context)
    const page = await context.newPage()
    await page.goto(path)
    return page
  }

  /** The page in both themes, on a desktop and on a phone, as `NAME-light-desktop.png` and so on. */
  async shoot(page: Page, name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true })
    for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE }))
      for (const scheme of ['light', 'dark'] as const) {
        await page.setViewportSize(viewport)
        await page.emulateMedia({ colorScheme: scheme })
        await page.screenshot({ path: join(SCREENSHOTS, `${name}-${scheme}-${size}.png`), fullPage: true })
        if (await this.isTooWide(page)) this.faults.push(`${name}: wider than a ${size}`)
      }
    await page.setViewportSize(DESKTOP)
    await page.emulateMedia({ colorScheme: 'light' })
  }

  /** What axe finds that is serious or worse, as `rule: element`. */
  async serious(page: Page): Promise<readonly string[]> {
    // Evaluated, not added to the page: its policy would refuse that, rightly.
    await page.evaluate(AXE)
    const found = await page.evaluate<Violation[]>('axe.run().then(({ violations }) => violations)')
    return found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))
  }

  /** Whether the page is wider than its window: nobody scrolls sideways. */
  async isTooWide(page: Page): Promise<boolean> {
    return page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close()
  }

  #listen(context: BrowserContext): void {
    const { url } = this.#gateway
    context.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return
      // A page that says no, with the status that says so, is a page.
      const at = message.page()?.url()
      if (message.location().url === at && /^Failed to load resource: .* 4\d\d /.test(message.text())) return
      this.faults.push(`${message.type()} at ${at}: ${message.text()}`)
    })
    context.on('weberror', (error) => this.faults.push(`thrown: ${error.error().stack}`))
    context.on('dialog', (dialog) => {
      this.faults.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    context.on('request', (request) => {
      if (!request.url().startsWith(`${url}/`) && !request.url().startsWith('data:'))
        this.faults.push(`request to ${request.url()}`)
    })
  }
}

type Violation = {
  readonly id: string
  readonly impact?: string | null
  readonly nodes: readonly { readonly html: string }[]
}
