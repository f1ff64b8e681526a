// @ts-check
// The chat page: one session of this gateway, streamed. A module without dependencies, served as it is.
// Whatever comes from outside reaches the page as text, never as markup.

/** A turn that this page reads. Its id is unknown until its first event; `seq` is the last event that was shown, and
 * `failures` counts the connections that brought none since then.
 * @typedef {{ id: string | undefined, seq: number, failures: number, abort: AbortController }} Turn */
/** @typedef {{ id?: string, busy: boolean, turn?: Turn | undefined }} Conversation */

/** Milliseconds without a byte after which a stream counts as dead: three of the gateway's heartbeats. */
const silenceMs = 45_000
const longestWaitMs = 8_000

// In memory alone: a reload forgets it, and no storage can leak it.
let apiKey = ''
let defaultModel = ''
let conversation = /** @type {Conversation} */ ({ busy: false })

/** The gateway refused; or, with status 0, it was out of reach, and another try may help. @param {string} message */
const failure = (message, status = 0) => Object.assign(new Error(message), { status })
/** @param {string} message */
const lost = (message) => () => Promise.reject(failure(message))

/** @param {string} path @param {RequestInit} [init] Rejects with a failure. */
const request = async (path, init = {}) => {
  const headers = new Headers(init.headers)
  if (init.body) headers.set('content-type', 'application/json')
  if (apiKey !== '') headers.set('authorization', `Bearer ${apiKey}`)
  const response = await fetch(path, { ...init, headers }).catch(lost('The gateway cannot be reached.'))
  if (response.ok) return response
  // An answer that is no JSON comes from something in between; its status has to be enough.
  const answer = await response.json().catch(() => undefined)
  throw failure(answer?.error?.message ?? `The gateway answered ${response.status}.`, response.status)
}

/** @param {string} path @param {RequestInit} [init] */
const requestJson = async (path, init) =>
  (await request(path, init)).json().catch(lost('The answer of the gateway broke off.'))

/** The events of an SSE body; one that the end cuts off is none. @param {ReadableStream<Uint8Array>} body */
export async function* readEvents(body) {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let held = ''
  let buffer = ''
  for (;;) {
    const timer = setTimeout(() => reader.cancel(), silenceMs)
    const { done, value } = await reader.read().catch(lost('The connection was lost.'))
    clearTimeout(timer)
    if (done) return
    const text = held + decoder.decode(value, { stream: true })
    // A CR at the end may be half of a CRLF.
    held = text.endsWith('\r') ? '\r' : ''
    buffer += text.slice(0, text.length - held.length).replace(/\r\n?/g, '\n')
    const parts = buffer.split('\n\n')
    buffer = parts.pop() ?? ''
    for (const part of parts) {
      const event = parseEvent(part)
      if (event.data.length > 0) yield { ...event, data: event.data.join('\n') }
    }
  }
}

const parseEvent = (/** @type {string} */ part) => {
  const event = { event: 'message', id: '', data: /** @type {string[]} */ ([]) }
  for (const line of part.split('\n')) {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (name === 'data') event.data.push(value)
    else if (name === 'event' || name === 'id') event[name] = value
  }
  return event
}

/** Loosely typed: chat.html is the other half of this file. @returns {any} */
const find = (/** @type {string} */ id) => document.getElementById(id)
const log = find('log')
const input = find('input')

/** A copy of a template of chat.html. @returns {any} */
const copy = (/** @type {string} */ id) => find(id).content.firstElementChild.cloneNode(true)

/** What is shown, by kind and id, so that nothing is shown twice. @type {Map<string, any>} */
const shown = new Map()
/** What is shown under a key; at first, a new copy of a template. @param {string} key @param {string} template */
const once = (key, template, parent = log) => {
  if (!shown.has(key)) shown.set(key, parent.appendChild(copy(template)))
  return shown.get(key)
}

const answerOf = (/** @type {string} */ turnId) => once(`turn ${turnId}`, 'answer')
/** @param {string} id @param {string} turnId */
const messageOf = (id, turnId) => once(`message ${id}`, 'message', answerOf(turnId).querySelector('.body'))
/** A card that is nowhere yet: its message places it. Some models use their ids again in each turn.
 * @param {string} id @param {string} turnId */
const toolOf = (id, turnId) => once(`tool ${turnId} ${id}`, 'tool', new DocumentFragment())

/** @param {any} event @param {'running' | 'done' | 'failed'} state @param {string} [text] */
const showToolState = ({ tool_use_id, turn_id }, state, text = state) => {
  const card = toolOf(tool_use_id, turn_id)
  card.dataset.state = state
  card.querySelector('.state').textContent = text
}

/** @param {any} block @param {string} turnId */
const renderBlock = (block, turnId) => {
  if (block.type === 'tool_use') {
    const card = toolOf(block.id, turnId)
    card.querySelector('code').textContent = block.name
    card.querySelector('.input').textContent =
      block.input_text ?? JSON.stringify(block.input, null, 1).replace(/\n */g, ' ')
    return card
  }
  const element = copy(find(`block-${block.type}`) ? `block-${block.type}` : 'block-notice')
  element.querySelector('.content').textContent = block.text ?? `[${block.type}]`
  return element
}

/** @param {Element} element @param {string | object[]} content @param {string} turnId */
const fill = (element, content, turnId) => {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content
  element.replaceChildren(...blocks.map((block) => renderBlock(block, turnId)))
}

/** Shows a message; it supersedes its deltas. */
const showMessage = (/** @type {any} */ { id, role, content, turn_id, partial }) => {
  if (role === 'user') {
    log.querySelector('.pending')?.remove()
    fill(once(`message ${id}`, 'question').lastElementChild, content, turn_id)
  } else if (role === 'tool') {
    for (const block of content) if (block.type === 'tool_result') showResult({ ...block, turn_id })
  } else {
    const message = messageOf(id, turn_id)
    message.dataset.whole = 'true'
    fill(message, content, turn_id)
    if (partial) message.append(renderBlock({ type: 'notice', text: 'This answer is incomplete.' }, turn_id))
  }
}

const showResult = (/** @type {any} */ result) => {
  const card = toolOf(result.tool_use_id, result.turn_id)
  fill(card.querySelector('.result'), result.content, result.turn_id)
  // The history has no other record of how the call went.
  const state = result.is_error ? 'failed' : 'done'
  if (card.dataset.state !== state) showToolState(result, state)
}

const showDelta = (/** @type {any} */ { turn_id, message_id, index, kind, text }) => {
  const message = messageOf(message_id, turn_id)
  if (message.dataset.whole) return
  const block = once(`block ${message_id} ${index}`, `block-${kind}`, message)
  block.querySelector('.content').append(text)
}

const endings = new Map([
  ['turn.completed', ''],
  ['turn.failed', 'Failed'],
  ['turn.cancelled', 'Stopped'],
  ['turn.interrupted', 'Interrupted: the gateway stopped during this answer'],
])

/** Says how a turn ended and what it used. @param {string} ending @param {any} data */
const showEnd = (ending, { turn_id, error, usage, cost_usd }) => {
  const answer = answerOf(turn_id)
  const end = answer.querySelector('.end')
  const parts = [
    error ? `${ending}: ${error.message}` : ending,
    usage ? `${usage.input_tokens} tokens in, ${usage.output_tokens} out` : '',
    typeof cost_usd === 'number' ? `$${cost_usd.toFixed(6)}` : '',
  ]
  end.textContent = parts.filter((part) => part !== '').join(' · ')
  end.classList.toggle('error', ending !== '' && ending !== 'Stopped')
  answer.removeAttribute('aria-busy')
}

/** Shows an event of a turn; unknown ones are skipped. Was it the last? @param {string} type @param {any} data */
const showEvent = (type, data) => {
  const ending = endings.get(type)
  if (ending !== undefined) showEnd(ending, data)
  else if (type === 'turn.started') find('model').textContent = data.model
  else if (type === 'message') showMessage(data.message)
  else if (type === 'delta') showDelta(data)
  else if (type === 'tool.started') showToolState(data, 'running')
  else if (type === 'tool.finished') {
    const status = data.is_error ? data.status.replaceAll('_', ' ') : 'done'
    const text = `${status} in ${Math.ceil(data.duration_ms)} ms`
    showToolState(data, data.is_error ? 'failed' : 'done', text)
  }
  // While it is busy, screen readers wait: they read the answer when it is whole, not its fragments.
  if (ending === undefined && type !== 'turn.started') answerOf(data.turn_id).ariaBusy = 'true'
  return ending !== undefined
}

/** Says what a conversation does, if it is still the one on the page. @param {Conversation} here @param {string} text */
const showStatus = (here, text) => {
  if (here !== conversation) return
  find('status').textContent = text
  find('send').hidden = here.turn !== undefined
  find('stop').hidden = here.turn === undefined
}

/** Shows what went wrong where the answer would be; a missing key is asked for. */
const showError = (/** @type {any} */ error) => {
  if (error.status !== 401) log.append(renderBlock({ type: 'error', text: error.message }, ''))
  find('key-error').hidden = apiKey === ''
  if (error.status === 401 && !find('key-dialog').open) find('key-dialog').showModal()
}

/** Runs what keeps a conversation busy; a failure is shown, unless the person has left.
 * @param {Conversation} here @param {() => Promise<void>} task */
const occupy = async (here, task) => {
  here.busy = true
  showStatus(here, 'Waiting for the gateway…')
  try {
    await task()
  } catch (error) {
    if (here === conversation) showError(error)
  }
  here.busy = false
  showStatus(here, '')
}

/** Shows the events of one connection up to the turn's end.
 * @param {Conversation} here @param {Turn} turn @param {Response} response */
const readTurn = async (here, turn, { body }) => {
  showStatus(here, 'Answering…')
  for await (const { event, data, id } of body === null ? [] : readEvents(body)) {
    if (Number(id) <= turn.seq) continue
    const value = JSON.parse(data)
    turn.seq = Number(id)
    turn.id = value.turn_id
    turn.failures = 0
    if (showEvent(event, value)) return
  }
  throw failure('The connection was lost.')
}

/** Shows a turn to its end, over as many connections as it takes. `send` starts it; sending again with the same
 * idempotency key attaches to it, so that is what happens while the turn's id is unknown.
 * @param {Conversation} here @param {string} [id] @param {(signal: AbortSignal) => Promise<Response>} [send] */
const follow = async (here, id, send) => {
  const turn = { id, seq: 0, failures: 0, abort: new AbortController() }
  const { signal } = turn.abort
  const connect = () => {
    if (turn.id === undefined && send !== undefined) return send(signal)
    const headers = { accept: 'text/event-stream', 'last-event-id': String(turn.seq) }
    return request(`/api/sessions/${here.id}/stream?turn=${turn.id}`, { headers, signal })
  }
  here.turn = turn
  showStatus(here, 'Waiting for the gateway…')
  try {
    for (;;) {
      try {
        return await readTurn(here, turn, await connect())
      } catch (/** @type {any} */ error) {
        signal.throwIfAborted()
        if (error.status !== 0 && error.status !== 429 && !(error.status >= 500)) throw error
        showStatus(here, `${error.message} Reconnecting…`)
      }
      await new Promise((resolve) => {
        setTimeout(resolve, Math.min(500 * 2 ** turn.failures, longestWaitMs))
        signal.addEventListener('abort', resolve)
      })
      signal.throwIfAborted()
      turn.failures += 1
    }
  } finally {
    here.turn = undefined
  }
}

const send = () => {
  const here = conversation
  const content = input.value
  if (content.trim() === '' || here.busy) return
  // Not crypto.randomUUID: browsers leave it out where a page comes over plain HTTP from another machine.
  const key = crypto.getRandomValues(new Uint32Array(4)).join('-')
  const headers = { accept: 'text/event-stream', 'idempotency-key': key }
  const question = log.appendChild(copy('question'))
  question.classList.add('pending')
  fill(question.lastElementChild, content, '')
  input.value = ''
  find('about').open = false
  scrollTo(0, document.body.scrollHeight)
  return occupy(here, async () => {
    try {
      if (here.id === undefined) {
        const { id } = await requestJson('/api/sessions', { method: 'POST' })
        if (here !== conversation) return
        here.id = id
        history.replaceState(null, '', `#${id}`)
      }
      const init = { method: 'POST', body: JSON.stringify({ content }), headers }
      await follow(here, undefined, (signal) =>
        request(`/api/sessions/${here.id}/messages`, { ...init, signal }),
      )
    } catch (error) {
      // Still pending: the gateway did not take it, so the person gets the words back.
      if (question.isConnected) input.value ||= content
      question.remove()
      throw error
    }
  })
}

const stop = () => {
  const { id, turn } = conversation
  input.focus()
  if (turn?.id !== undefined)
    return request(`/api/sessions/${id}/turns/${turn.id}/cancel`, { method: 'POST' }).catch(showError)
  turn?.abort.abort(failure('Stopped before the gateway answered; it may have the message all the same.'))
}

/** Shows what was said, and how the last turn ends. @param {Conversation} here @param {string} id */
const load = async (here, id) => {
  const path = `/api/sessions/${id}`
  const { model } = await requestJson(path)
  here.id = id
  let last = ''
  for (let query = '?limit=100'; query !== ''; ) {
    const { data, next_cursor } = await requestJson(`${path}/messages${query}`)
    if (here !== conversation) return
    find('model').textContent = model
    data.forEach(showMessage)
    last = data.at(-1)?.turn_id ?? last
    query = next_cursor === null ? '' : `?limit=100&cursor=${encodeURIComponent(next_cursor)}`
  }
  // From its start: what came after the pages were read is shown too, whether it still runs or has ended.
  if (last !== '') await follow(here, last)
}

/** Opens the conversation that the address names, or else a new one. */
const open = () => {
  conversation.turn?.abort.abort()
  conversation = { busy: false }
  const here = conversation
  const id = /^#(sess_[\w-]+)$/.exec(location.hash)?.[1]
  shown.clear()
  log.replaceChildren()
  find('model').textContent = defaultModel
  find('about').open = id === undefined
  showStatus(here, '')
  input.focus()
  return id === undefined ? undefined : occupy(here, () => load(here, id))
}

/** Says what runs here. */
const showAbout = async () => {
  const [health, { tools }] = await Promise.all([requestJson('/health'), requestJson('/api/tools')])
  const providers = health.providers.map((/** @type {any} */ { name }) => name)
  defaultModel = health.default_model
  find('model').textContent ||= defaultModel
  find('version').textContent = health.version
  find('default-model').textContent = defaultModel
  find('providers').textContent = providers.join(', ')
  find('store').textContent = health.store.kind
  find(`durability-${health.store.durability}`).hidden = false
  find('tools').replaceChildren(
    ...tools.map((/** @type {any} */ { name, description, available, reason }) => {
      const item = copy('tool-item')
      item.querySelector('code').textContent = name
      item.append(available ? description : `Not available: ${reason}`)
      return item
    }),
  )
  find('mock').hidden = !providers.includes('mock')
}

const start = () => Promise.all([open(), showAbout().catch(showError)])

find('composer').addEventListener('submit', (/** @type {Event} */ event) => {
  event.preventDefault()
  input.focus()
  void send()
})
input.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
  // While a character is being composed, Enter belongs to the input method.
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  void send()
})
find('stop').addEventListener('click', stop)
find('example').addEventListener('click', () => {
  input.value = find('example').textContent
  input.focus()
})
find('key-dialog').addEventListener('close', () => {
  apiKey = find('key').checkValidity() ? find('key').value : ''
  find('key').value = ''
  void start()
})
addEventListener('hashchange', open)

// The page stays at its end while the answer grows, unless the person has scrolled away from it.
let height = 0
new ResizeObserver(() => {
  if (innerHeight + scrollY > height - 48) scrollTo(0, document.body.scrollHeight)
  height = document.body.scrollHeight
}).observe(log)

void start()
