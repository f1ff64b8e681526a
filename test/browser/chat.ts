import type { Browser, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

/** The chat page as a person sees it. */
export interface Chat {
  readonly page: Page
  readonly input: Locator
  readonly questions: Locator
  readonly answers: Locator
  readonly status: Locator
  readonly stop: Locator
  /** What the console and the page complained about. */
  readonly faults: readonly string[]
  /** Types a message and presses Enter. */
  say(text: string): Promise<void>
}

/** Milliseconds that a test waits for something that it expects to see. */
const patienceMs = 20_000

/** The text that can be seen. */
// biome-ignore lint/performance/useDomNodeTextContent: what is hidden does not count here.
export const textOf = (locator: Locator): Promise<string> => locator.innerText({ timeout: patienceMs })

/** Waits until the locator's text fits. */
export const see = async (locator: Locator, text: string | RegExp): Promise<void> => {
  const read = () => textOf(locator)
  const expected = typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text)
  await expect.poll(read, { timeout: patienceMs }).toEqual(expected)
}

/** Opens the page in a browser profile of its own. */
export const openChat = async (browser: Browser, url: string): Promise<Chat> => {
  const page = await browser.newPage()
  page.setDefaultTimeout(patienceMs)
  const faults: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(String(error)))
  await page.goto(url)
  const input = page.getByLabel('Message', { exact: true })
  return {
    page,
    input,
    questions: page.locator('article.question'),
    answers: page.locator('article.answer'),
    status: page.getByRole('status'),
    stop: page.getByRole('button', { name: 'Stop' }),
    faults,
    async say(text) {
      await input.fill(text)
      await input.press('Enter')
    },
  }
}
