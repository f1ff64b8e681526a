import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireOrSkip } from 'gateway-tooling/requirements'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openChat, see, textOf } from './chat.ts'
import { startCutProxy } from './cut-proxy.ts'
import { type Gateway, startGateway } from './gateway.ts'

const executablePath = requireOrSkip('chromium')

// Root cannot use the browser's sandbox; the rest keeps it from asking the network for anything but the page.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const calculation = '/tool calculator {"operation":"add","a":5,"b":3}'

describe.skipIf(executablePath === undefined)('the chat page', { timeout: 60_000 }, () => {
  let folder: string
  let browser: Browser
  let gateway: Gateway

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chat-page-'))
    gateway = await startGateway(folder)
    browser = await chromium.launch({ args, ...(executablePath === undefined ? {} : { executablePath }) })
  }, 60_000)

  afterAll(async () => {
    await browser.close()
    await gateway.kill()
    rmSync(folder, { recursive: true })
  })

  test('says what runs here', async () => {
    const { page, faults } = await openChat(browser, gateway.url)
    const about = page.locator('#about')
    await see(about, /version \d+\.\d+\.\d+/)
    await see(about, 'Models come from mock')
    await see(about, 'stored in sqlite. They survive a crash and a loss of power.')
    await see(about, 'calculator')
    await see(page.locator('#model'), 'mock')
    expect(faults).toEqual([])
  })

  test('streams an answer, runs a tool, and shows it all again after a reload', async () => {
    const chat = await openChat(browser, gateway.url)
    await chat.say('Good morning')
    await see(chat.answers.nth(0), 'This is the mock model. You said: Good morning')
    await see(chat.answers.nth(0), /\d+ tokens in, \d+ out/)
    await chat.say(calculation)
    await see(chat.answers.nth(1), 'The tool calculator answered: 8')
    const card = chat.answers.nth(1).locator('.tool')
    await see(card, /calculator\s+done in [\d.]+ ms/)
    await see(card.locator('.input'), '"operation": "add"')
    await see(card.locator('.result'), /^8$/)
    expect(await chat.input.evaluate((element) => element === document.activeElement)).toBe(true)

    const before = await textOf(chat.page.locator('#log'))
    await chat.page.reload()
    await see(chat.answers.nth(1), /\d+ tokens in/)
    expect(await chat.questions.allInnerTexts()).toEqual(['You\nGood morning', `You\n${calculation}`])
    expect(await chat.answers.count()).toBe(2)
    // Only the last turn's usage is asked for again.
    expect(await textOf(chat.page.locator('#log'))).toBe(before.replace(/\n+\d+ tokens in, \d+ out/, ''))

    await chat.page.getByText('New conversation').click()
    await expect.poll(() => chat.questions.count()).toBe(0)
    await chat.page.goBack()
    await see(chat.answers.nth(1), 'The tool calculator answered: 8')
    expect(chat.faults).toEqual([])
  })

  test('shows the first words while the rest is still to come, and stops when told to', async () => {
    const chat = await openChat(browser, gateway.url)
    await chat.say('/think a riddle\n/stall\n/say one two three')
    await see(chat.status, 'Answering')
    await expect.poll(() => chat.answers.locator('.message').textContent()).toContain('a riddle')
    expect(await chat.answers.getAttribute('aria-busy')).toBe('true')
    expect(await chat.answers.locator('.thinking').getAttribute('open')).toBe(null)

    // The turn goes on without this page, and the page finds it again.
    await chat.page.reload()
    await expect.poll(() => chat.answers.locator('.message').textContent()).toContain('a riddle')
    await chat.stop.click()
    await see(chat.answers, 'This answer is incomplete.')
    await see(chat.answers, 'Stopped')
    await expect.poll(() => chat.stop.isVisible()).toBe(false)
    expect(await chat.answers.getAttribute('aria-busy')).toBe(null)
    expect(chat.faults).toEqual([])
  })

  test('shows markup of messages, answers and tools as text', async () => {
    const chat = await openChat(browser, gateway.url)
    const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    await chat.say(markup)
    await see(chat.answers.nth(0), `You said: ${markup}`)
    await chat.say(`/think ${markup}\n/tool echo ${JSON.stringify({ message: markup })}`)
    await see(chat.answers.nth(1).locator('.result'), markup)
    await chat.page.reload()
    await see(chat.answers.nth(1).locator('.result'), markup)
    expect(await chat.page.locator('main :is(img, script)').count()).toBe(0)
    expect(await chat.page.title()).toBe('Gateway chat')
    expect(chat.faults).toEqual([])
  })

  test('shows how turns, tools and requests fail', async () => {
    const chat = await openChat(browser, gateway.url)
    await chat.say('/tool calculator {"operation":"divide","a":1,"b":0}')
    await see(chat.answers.nth(0).locator('.tool[data-state=failed]'), 'cannot be divided by zero')
    await chat.say('/fail content-filter')
    await see(chat.answers.nth(1).locator('.end.error'), /^Failed: .*content-filter/)
    await chat.page.goto(`${gateway.url}/#sess_none`)
    await see(chat.page.locator('#log .error'), 'There is no such session')
    await chat.say('hello')
    await see(chat.answers, 'You said: hello')
    expect(chat.page.url()).toMatch(/#sess_(?!none)/)
  })

  test('Shift+Enter starts a new line, and an empty message is not sent', async () => {
    const chat = await openChat(browser, gateway.url)
    await chat.say('   ')
    expect(await chat.questions.count()).toBe(0)
    await chat.input.fill('one')
    await chat.input.press('Shift+Enter')
    await chat.input.pressSequentially('two')
    await chat.input.press('Enter')
    await see(chat.questions, 'one\ntwo')
    await see(chat.answers, 'You said: one\ntwo')
  })

  test('reads events however their bytes are split', async () => {
    const { page } = await openChat(browser, gateway.url)
    const stream =
      ': hello\n\nid: 1\nevent: delta\ndata: {"text":"é😀\u2028"}\n\n' +
      'retry: 5\r\nid:2\r\ndata: one\r\ndata:  two\r\nunknown\r\n\r\nevent: empty\n\n\ndata: cut off'
    const bytes = [...new TextEncoder().encode(stream)]
    // As text: the test runner would rewrite an import in a function that only the page can resolve.
    const splits: unknown[] = await page.evaluate(`(async () => {
      const { readEvents } = await import('/chat.js')
      const bytes = new Uint8Array(${JSON.stringify(bytes)})
      const toStream = (chunks) =>
        new ReadableStream({ start: (to) => { chunks.forEach((chunk) => to.enqueue(chunk)); to.close() } })
      const read = (chunks) => Array.fromAsync(readEvents(toStream(chunks)))
      const halves = Array.from(bytes, (_, at) => read([bytes.slice(0, at), bytes.slice(at)]))
      return Promise.all([...halves, read(Array.from(bytes, (byte) => Uint8Array.of(byte)))])
    })()`)
    expect(splits.length).toBe(bytes.length + 1)
    const events = [
      { event: 'delta', id: '1', data: '{"text":"é😀\u2028"}' },
      { event: 'message', id: '2', data: 'one\n two' },
    ]
    for (const [at, read] of splits.entries()) expect(read, `split at ${at}`).toEqual(events)
  })

  test('resumes where the connection broke: nothing twice, nothing lost', async () => {
    const answer = 'abcdefghijklmnopqrst'
    const breaks = ['c', 'g', 'k', 't'].map((letter) => new RegExp(`"kind":"text","text":"[a-z]*${letter}`))
    const proxy = await startCutProxy(gateway.url, breaks)
    onTestFinished(() => proxy.close())
    const chat = await openChat(browser, proxy.url)
    const resumedFrom: number[] = []
    chat.page.on('request', (request) => {
      const seq = request.headers()['last-event-id']
      if (request.url().includes('/stream?turn=') && seq !== undefined) resumedFrom.push(Number(seq))
    })
    // At every moment, and not only when the whole message replaces it, what is shown begins the answer.
    await chat.page.evaluate(() => {
      const states: string[] = []
      Object.assign(window, { states })
      new MutationObserver(() => {
        states.push(document.querySelector('.answer .message')?.textContent ?? '')
      }).observe(document.body, { childList: true, characterData: true, subtree: true })
    })
    await chat.say(`/pace 50\n/chunks 20\n/say ${answer}`)
    await see(chat.answers, /tokens in/)
    const states: string[] = await chat.page.evaluate(() => Reflect.get(window, 'states'))
    expect(states.filter((state) => !answer.startsWith(state))).toEqual([])
    expect(states.at(-1)).toBe(answer)
    expect(proxy.cuts()).toBe(breaks.length)
    expect(resumedFrom.length).toBe(breaks.length)
    expect(resumedFrom).toEqual(resumedFrom.toSorted((a, b) => a - b))
    expect(resumedFrom[0]).toBeGreaterThan(0)
  })

  test('sends again what got no answer, and it counts once', async () => {
    const proxy = await startCutProxy(gateway.url, [
      /HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*?content-type: text\/event-stream/i,
    ])
    onTestFinished(() => proxy.close())
    const chat = await openChat(browser, proxy.url)
    const keys: (string | undefined)[] = []
    chat.page.on('request', (request) => {
      if (request.url().endsWith('/messages')) keys.push(request.headers()['idempotency-key'])
    })
    await chat.say('only once')
    await see(chat.answers, /You said: only once\s+\d+ tokens in/)
    expect(proxy.cuts()).toBe(1)
    expect(keys).toEqual([keys[0], keys[0]])
    await chat.page.reload()
    await see(chat.answers, /You said: only once\s+\d+ tokens in/)
    expect(await chat.questions.count()).toBe(1)
  })

  test('says that the gateway crashed during an answer, keeps what was said, and goes on', async () => {
    const own = mkdtempSync(join(tmpdir(), 'chat-page-crash-'))
    const first = await startGateway(own)
    const chat = await openChat(browser, first.url)
    await chat.say('/stall\n/say one two three')
    await see(chat.answers.locator('.message'), 'one')
    await first.kill()
    await see(chat.status, 'Reconnecting')
    const second = await startGateway(own, { PORT: new URL(first.url).port })
    onTestFinished(async () => {
      await second.kill()
      rmSync(own, { recursive: true })
    })
    await see(chat.answers, 'Interrupted: the gateway stopped during this answer')
    expect(await chat.answers.locator('.text').allInnerTexts()).toEqual(['one '])
    await chat.say('And now?')
    await see(chat.answers.nth(1), 'You said: And now?')
  })

  test('asks for a key where one is needed, and stores it nowhere', async () => {
    const own = mkdtempSync(join(tmpdir(), 'chat-page-keys-'))
    const locked = await startGateway(own, { GATEWAY_API_KEYS: 'acme:open-sesame' })
    onTestFinished(async () => {
      await locked.kill()
      rmSync(own, { recursive: true })
    })
    const chat = await openChat(browser, locked.url)
    const dialog = chat.page.getByRole('dialog')
    for (const key of ['wrong', 'open-sesame']) {
      await dialog.getByLabel('API key').fill(key)
      await dialog.getByRole('button').click()
      if (key === 'wrong') await see(dialog, 'That key was not accepted.')
    }
    await dialog.waitFor({ state: 'hidden' })
    await see(chat.page.locator('#about'), 'Models come from mock')
    await chat.say('Hello')
    await see(chat.answers, 'You said: Hello')
    const kept = await chat.page.evaluate(
      () => localStorage.length + sessionStorage.length + document.cookie.length,
    )
    expect(kept).toBe(0)
    expect(await chat.page.content()).not.toContain('open-sesame')
  })
})
