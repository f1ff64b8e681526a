import { decodeSse, parseLastEventId, sseResponse } from '@gateway/sse'

const log = ['Hello', ' there', '\nand good bye']

/** An endpoint that resumes: its ids are positions in the log. */
const handle = (request: Request): Response => {
  const after = parseLastEventId(request.headers.get('last-event-id')) ?? 0
  return sseResponse(async function* () {
    for (const [index, text] of log.entries()) {
      if (index >= after) yield { event: 'delta', id: `${index + 1}`, data: JSON.stringify({ text }) }
    }
  })
}

// A client that had got as far as the first event when its connection broke.
const response = handle(new Request('http://localhost/', { headers: { 'last-event-id': '1' } }))
for await (const { event, data, lastEventId } of decodeSse(response.body ?? [])) {
  console.log(event, data, `(last id: ${lastEventId})`)
}
