// @ts-check
// The chat page: one session of this gateway, streamed. A module without dependencies, served as it is.
// Whatever comes from outside reaches the page as text, never as markup.

/** A turn that this page reads. Its id is unknown until its first event; `seq` is the last event that was shown.
 * @typedef {{ id: string | undefined, seq: number, abort: AbortController }} Turn */
/** @typedef {{ id?: string | undefined, busy: boolean, turn?: Turn | undefined }} Conversation */

/** Milliseconds without a byte after which a stream counts as dead: three of the gateway's heartbeats. */
const silenceMs = 45_000
const longestWaitMs = 8_000

/** The gateway refused, or, with status 0, it was out of reach: then another try may help. */
class Failure extends Error {
  /** @param {string} message @param {number} [status] */
  constructor(message, status = 0) {
    super(message)
    this.status = status
  }
}

/** @param {string} message @returns {() => never} */
const failing = (message) => () => {
  throw new Failure(message)
}

// In memory alone: a reload forgets it, and no storage can leak it.
const apiKey = ''

/** @param {string} path @param {RequestInit} [init] @throws Failure */
const request = async (path, init = {}) => {
  const headers = new Headers(init.headers)
  if (init.body) headers.set('content-type', 'application/json')
  if (apiKey !== '') headers.set('authorization', `Bearer ${apiKey}`)
  const response = await fetch(path, { ...init, headers }).catch(failing('The gateway cannot be reached.'))
  if (response.ok) return response
  // An answer that is no JSON comes from something in between; its status has to be enough.
  const answer = await response.json().catch(() => undefined)
  throw new Failure(answer?.error?.message ?? `The gateway answered ${response.status}.`, response.status)
}

/** @param {string} path @param {RequestInit} [init] @returns {Promise<any>} */
const requestJson = async (path, init) =>
  (await request(path, init)).json().catch(failing('The answer of the gateway broke off.'))

/**
 * The events of an SSE body. An event that the end cuts off is not one.
 * @param {ReadableStream<Uint8Array>} body
 * @param {() => void} [onBytes] called for each chunk, so for heartbeats too
 */
export async function* readEvents(body, onBytes) {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let held = ''
  let buffer = ''
  for (;;) {
    const { done, value } = await reader.read().catch(failing('The connection was lost.'))
    if (done) return
    onBytes?.()
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

/** @param {string} part */
const parseEvent = (part) => {
  const event = { event: 'message', id: '', data: /** @type {string[]} */ ([]) }
  for (const line of part.split('\n')) {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (name === 'data') event.data.push(value)
    else if (name === 'event' || name === 'id') event[name] = value
  }
  return event
}

/** Loosely typed: chat.html is the other half of this file. @param {string} id @returns {any} */
const find = (id) => document.getElementById(id)
const log = find('log')
const input = find('input')
const keyDialog = find('key-dialog')

/** Strings become text nodes. @param {string} tag @param {string} className @param {(Node | string)[]} children */
const create = (tag, className, ...children) => {
  const element = document.createElement(tag)
  element.className = className
  element.append(...children)
  return element
}

/** What is shown, by kind and id, so that nothing is shown twice. @type {Map<string, any>} */
const shown = new Map()

/** @param {string} key @param {() => Node} make @returns {any} */
const once = (key, make) => {
  if (!shown.has(key)) shown.set(key, make())
  return shown.get(key)
}

/** @param {string} turnId */
const answerOf = (turnId) =>
  once(`turn ${turnId}`, () => {
    const parts = [create('h2', '', 'Assistant'), create('div', 'body'), create('p', 'end')]
    return log.appendChild(create('article', 'answer', ...parts))
  })

/** @param {string} id @param {string} turnId */
const messageOf = (id, turnId) =>
  once(`message ${id}`, () => answerOf(turnId).querySelector('.body').appendChild(create('div', 'message')))

/** @param {string} id @param {string} [name] */
const toolOf = (id, name = 'tool') =>
  once(`tool ${id}`, () => {
    const summary = create('summary', '', create('code', '', name), create('span', 'state'))
    const tool = create('details', 'tool', summary, create('pre', 'input'), create('div', 'result'))
    tool.setAttribute('open', '')
    return tool
  })

/** @param {string} id @param {string} state running, done or failed @param {string} [text] */
const showToolState = (id, state, text = state) => {
  const tool = toolOf(id)
  tool.dataset.state = state
  tool.querySelector('.state').textContent = text
}

/** A block as an element; `text` is the node that deltas grow. @param {any} block @param {Text} [text] */
const renderBlock = (block, text = new Text(block.text)) => {
  if (block.type === 'text') return create('div', 'text', text)
  if (block.type === 'thinking')
    return create('details', 'thinking', create('summary', '', 'Thinking'), create('div', 'text', text))
  if (block.type === 'tool_input') return create('div', 'tool', create('pre', 'input', text))
  if (block.type !== 'tool_use') return create('p', 'notice', `[${block.type}]`)
  const tool = toolOf(block.id, block.name)
  tool.querySelector('.input').textContent = block.input_text ?? JSON.stringify(block.input, null, 2)
  return tool
}

/** @param {string | any[]} content */
const renderContent = (content) =>
  (typeof content === 'string' ? [{ type: 'text', text: content }] : content).map((block) =>
    renderBlock(block),
  )

/** A message of the person: before the gateway has accepted it, it has no key. @param {string | any[]} content */
const createQuestion = (content) =>
  log.appendChild(create('article', 'question', create('h2', '', 'You'), ...renderContent(content)))

/** Shows a message; it supersedes its deltas. @param {any} message */
const showMessage = ({ id, role, content, turn_id, partial }) => {
  if (role === 'user') {
    log.querySelector('.pending')?.remove()
    once(`message ${id}`, () => createQuestion(content))
  } else if (role === 'tool') {
    for (const block of content) if (block.type === 'tool_result') showResult(block)
  } else {
    const message = messageOf(id, turn_id)
    message.dataset.whole = 'true'
    message.replaceChildren(...renderContent(content))
    if (partial) message.append(create('p', 'notice', 'This answer is incomplete.'))
  }
}

/** @param {any} result */
const showResult = ({ tool_use_id, content, is_error }) => {
  const tool = toolOf(tool_use_id)
  tool.querySelector('.result').replaceChildren(...renderContent(content))
  // The history has no other record of how the call went.
  const state = is_error ? 'failed' : 'done'
  if (tool.dataset.state !== state) showToolState(tool_use_id, state)
}

/** @param {any} delta */
const showDelta = ({ turn_id, message_id, index, kind, text }) => {
  const message = messageOf(message_id, turn_id)
  if (message.dataset.whole) return
  const node = once(`block ${message_id} ${index}`, () => {
    const grown = new Text()
    message.append(renderBlock({ type: kind }, grown))
    return grown
  })
  node.appendData(text)
}

const money = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', maximumSignificantDigits: 3 })
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
    typeof cost_usd === 'number' ? money.format(cost_usd) : '',
  ]
  end.textContent = parts.filter((part) => part !== '').join(' · ')
  end.classList.toggle('error', ending !== '')
  answer.removeAttribute('aria-busy')
}

/** Shows an event of a turn; unknown ones are skipped. Was it the last? @param {string} type @param {any} data */
const showEvent = (type, data) => {
  const ending = endings.get(type)
  if (ending !== undefined) showEnd(ending, data)
  else if (type === 'turn.started') find('model').textContent = data.model
  else if (type === 'message') showMessage(data.message)
  else if (type === 'delta') showDelta(data)
  else if (type === 'tool.started') showToolState(data.tool_use_id, 'running')
  else if (type === 'tool.finished') {
    const status = data.is_error ? data.status.replaceAll('_', ' ') : 'done'
    showToolState(data.tool_use_id, data.is_error ? 'failed' : 'done', `${status} in ${data.duration_ms} ms`)
  }
  // While it is busy, screen readers wait: they read the answer when it is whole, not its fragments.
  if (ending === undefined && type !== 'turn.started')
    answerOf(data.turn_id).setAttribute('aria-busy', 'true')
  return ending !== undefined
}

/** @type {Conversation} */
const conversation = { busy: false }
const defaultModel = ''

/** Says what the conversation does, if it is still the one on the page. @param {Conversation} here @param {string} text */
const showStatus = (here, text) => {
  if (here !== conversation) return
  find('status').textContent = text
  find('send').hidden = here.turn !== undefined
  find('stop').hidden = here.turn === undefined
}

/** Shows what went wrong where the answer would be; a missing key is asked for. @param {any} error */
const showError = (error) => {
  if (error.status === 401) {
    find('key-error').hidden = apiKey === ''
    if (!keyDialog.open) keyDialog.showModal()
  } else log.append(create('p', 'notice error', error.message))
}

/** Runs what keeps the conversation busy; a failure is shown, unless the person has left. @param {() => Promise<void>} task */
const occupy = async (task) => {
  const here = conversation
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

/** Reads one connection up to the turn's end. @throws Failure when it breaks or ends before.
 * @param {Turn} turn @param {(signal: AbortSignal) => Promise<Response>} open @param {() => void} onEvent */
const readTurn = async (turn, open, onEvent) => {
  const connection = new AbortController()
  const { body } = await open(AbortSignal.any([turn.abort.signal, connection.signal]))
  let timer = 0
  const watch = () => {
    clearTimeout(timer)
    timer = setTimeout(() => connection.abort(), silenceMs)
  }
  try {
    for await (const { event, data, id } of body === null ? [] : readEvents(body, watch)) {
      if (Number(id) <= turn.seq) continue
      turn.seq = Number(id)
      const value = JSON.parse(data)
      turn.id = value.turn_id
      onEvent()
      if (showEvent(event, value)) return
    }
  } finally {
    clearTimeout(timer)
    connection.abort()
  }
  throw new Failure('The connection was lost.')
}

/** Shows a turn to its end, over as many connections as it takes. `send` starts it; sending again with the same
 * idempotency key attaches to it, so that is what happens while the turn's id is unknown.
 * @param {string | undefined} id @param {(signal: AbortSignal) => Promise<Response>} [send] */
const follow = async (id, send) => {
  const here = conversation
  const turn = { id, seq: 0, abort: new AbortController() }
  let failures = 0
  here.turn = turn
  /** @param {AbortSignal} signal */
  const open = (signal) => {
    if (turn.id === undefined && send !== undefined) return send(signal)
    const headers = { accept: 'text/event-stream', 'last-event-id': String(turn.seq) }
    return request(`/api/sessions/${here.id}/stream?turn=${turn.id}`, { headers, signal })
  }
  const onEvent = () => {
    failures = 0
    showStatus(here, 'Answering…')
  }
  showStatus(here, 'Waiting for the gateway…')
  for (let over = false; !over; failures += 1) {
    try {
      await readTurn(turn, open, onEvent)
      over = true
    } catch (error) {}
  }
}
