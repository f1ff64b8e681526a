/** A JSON answer. Its shape is what the tests are about, so nothing is promised of it here. */
// biome-ignore lint/suspicious/noExplicitAny: the tests look into answers field by field.
export type Answer = { status: number; headers: Headers; json: any }

/** One SSE event. */
export interface Frame {
  id: number
  event: string
  data: Record<string, unknown> & { turn_id?: string }
}

/** Sends JSON and reads JSON. */
export const api = async (
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const response = await fetch(url + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    json: text === '' ? undefined : JSON.parse(text),
  }
}

/** Reads an SSE answer event by event, as it arrives; leaving the loop leaves the stream. */
export async function* stream(
  url: string,
  path: string,
  init: RequestInit = {},
): AsyncGenerator<Frame, undefined> {
  const leaving = new AbortController()
  const response = await fetch(url + path, { ...init, signal: leaving.signal })
  if (response.status !== 200 || response.body === null)
    throw new Error(`${response.status} ${await response.text()}`)
  let text = ''
  const decoder = new TextDecoder()
  try {
    for await (const chunk of response.body) {
      text += decoder.decode(chunk, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) yield* frame(block)
    }
    return undefined
  } finally {
    leaving.abort()
  }
}

function* frame(block: string): Generator<Frame, undefined> {
  const fields = new Map(
    block
      .split('\n')
      .filter((line) => !line.startsWith(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(': ') + 2)]),
  )
  const data = fields.get('data')
  if (data !== undefined)
    yield { id: Number(fields.get('id')), event: fields.get('event') ?? '', data: JSON.parse(data) }
  return undefined
}

/** Is it the last event of a turn? */
export const isEnd = (event: Frame): boolean =>
  /^turn\.(completed|failed|cancelled|interrupted)$/.test(event.event)

/** Reads until an event fits, and gives all events up to it. */
export const until = async (
  events: AsyncIterable<Frame>,
  fits: (event: Frame) => boolean,
): Promise<Frame[]> => {
  const seen: Frame[] = []
  for await (const event of events) {
    seen.push(event)
    if (fits(event)) return seen
  }
  throw new Error(`The stream ended: ${JSON.stringify(seen)}`)
}
