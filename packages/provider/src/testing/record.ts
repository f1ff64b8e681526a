import { untilAborted } from '../abort.ts'
import type { BodyWatch } from './body.ts'
import { contentText, parseJson, toFields, toList } from './json.ts'
import type { FakeDialect, RecordedRequest } from './types.ts'

/** Reads a request, and follows what becomes of its caller. */
export const toRecord = async (
  request: Request,
  dialect: FakeDialect | undefined,
  signal: AbortSignal,
  now: () => number,
): Promise<{ record: RecordedRequest; watch: BodyWatch }> => {
  const bytes = new Uint8Array(await untilAborted(request.arrayBuffer(), signal))
  const text = new TextDecoder().decode(bytes)
  const body = parseJson(text)
  const user = toList(toFields(body).messages)
    .map(toFields)
    .findLast(({ role }) => role === 'user')
  let gone = () => {}
  const record: RecordedRequest = {
    dialect,
    method: request.method,
    path: new URL(request.url).pathname,
    headers: Object.fromEntries(request.headers),
    bytes,
    text,
    body,
    lastText: contentText(user?.content),
    accepted: false,
    sent: 0,
    aborted: false,
    whenAborted: new Promise((resolve) => {
      gone = resolve
    }),
  }
  const aborted = () => {
    if (record.aborted) return
    record.aborted = true
    record.abortedAt = now()
    gone()
  }
  signal.addEventListener('abort', aborted, { once: true })
  const watch: BodyWatch = {
    sent(count) {
      record.sent += count
    },
    done: () => signal.removeEventListener('abort', aborted),
    aborted,
  }
  return { record, watch }
}
