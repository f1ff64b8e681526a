import type { FakeStep } from '@gateway/provider/testing'
import { expect, vi } from 'vitest'
import { runMatrix, type Scenario } from './matrix.ts'

const never: FakeStep = { type: 'wait', until: new Promise(() => {}) }
const piece: FakeStep = { type: 'text', text: 'One ' }

/** A client that leaves at once, or when it has heard something. */
const leave = (steps: FakeStep[], when: 'silence' | 'part'): Scenario => ({
  where: ({ streamed }) => streamed || when === 'silence',
  async run({ ask, say, answer, requests }) {
    const leaving = new AbortController()
    answer(steps)
    const asked = ask({ turns: [{ user: say('Hello') }], signal: leaving.signal }, () => {
      if (when === 'part') leaving.abort()
    })
    const outcome = asked.then(
      () => 'whole',
      () => 'aborted',
    )
    await vi.waitFor(() => expect(requests()).toHaveLength(1))
    if (when === 'silence') leaving.abort()
    expect(await outcome).toBe('aborted')
    await requests()[0]?.whenAborted
    expect(requests()).toHaveLength(1)
  },
})

runMatrix({
  'a client that leaves before the head': leave([never], 'silence'),
  'a client that leaves before the first text': leave([{ type: 'ping' }, never], 'silence'),
  'a client that leaves in mid-stream': leave([piece, piece, never, piece], 'part'),
})
