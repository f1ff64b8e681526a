import { createServer, type Server } from 'node:http'
import { requireOrSkip } from 'gateway-tooling/requirements'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeSse } from '../../packages/sse/src/encode.ts'
import { makeFrame, toExpected } from '../../packages/sse/src/testing/fuzz-encoder.ts'
import { createRandom } from '../../packages/sse/src/testing/random.ts'

const executablePath = requireOrSkip('chromium')
// Root cannot use the browser's sandbox; the rest keeps it from asking the network for anything but the page.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
]
const frames = 2000

/** What `EventSource` hears of one event. */
interface Heard {
  readonly type: string
  readonly data: string
  readonly lastEventId: string
}

/** Reads a stream to its end in the page, listening to each of these types. */
const listen = (page: Page, types: readonly string[]): Promise<Heard[]> =>
  page.evaluate(
    (names) =>
      new Promise<Heard[]>((resolve) => {
        const heard: Heard[] = []
        const source = new EventSource('/events')
        const note = ({ type, data, lastEventId }: MessageEvent<string>) =>
          heard.push({ type, data, lastEventId })
        for (const name of names) if (name !== 'error') source.addEventListener(name, note)
        // The end of the stream, or an event of that very name.
        source.addEventListener('error', (event) => {
          if (event instanceof MessageEvent) {
            note(event)
            return
          }
          source.close()
          resolve(heard)
        })
      }),
    types,
  )

describe.skipIf(executablePath === undefined)('the EventSource of Chromium', { timeout: 60_000 }, () => {
  let browser: Browser
  let server: Server
  let body = ''
  let url = ''

  beforeAll(async () => {
    server = createServer((request, response) => {
      const isStream = request.url === '/events'
      response.setHeader('content-type', isStream ? 'text/event-stream; charset=utf-8' : 'text/html')
      response.end(isStream ? body : '<!doctype html>')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('The server has no port.')
    url = `http://127.0.0.1:${address.port}/`
    browser = await chromium.launch({ args, ...(executablePath === undefined ? {} : { executablePath }) })
  }, 60_000)

  afterAll(async () => {
    await browser.close()
    server.closeAllConnections()
    server.close()
  })

  test(`hears of ${frames} encoded frames exactly the one event that each was`, async () => {
    const random = createRandom(20_261_122)
    const sent = Array.from({ length: frames }, () => makeFrame(random))
    body = sent.map(encodeSse).join('')
    let lastEventId = ''
    const expected = sent.map((frame): Heard => {
      const { event = 'message', data, id } = toExpected(frame)
      lastEventId = id ?? lastEventId
      return { type: event, data, lastEventId }
    })
    const page = await browser.newPage()
    await page.goto(url)
    const heard = await listen(page, [...new Set(expected.map(({ type }) => type))])
    expect(heard.length).toBe(expected.length)
    expect(heard).toEqual(expected)
  })
})
