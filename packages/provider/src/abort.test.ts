import { expect, test } from 'vitest'
import { forever, sleep, untilAborted } from './abort.ts'

/** A signal that counts its listeners. */
const counted = () => {
  const controller = new AbortController()
  const { signal } = controller
  let listeners = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners += 1
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners -= 1
    remove(...args)
  }
  return { controller, signal, listeners: () => listeners }
}

test('a value or an error passes through and leaves no listener', async () => {
  const { signal, listeners } = counted()
  const broken = new Error('broken')
  await expect(untilAborted(Promise.resolve(7), signal)).resolves.toBe(7)
  await expect(untilAborted(Promise.reject(broken), signal)).rejects.toBe(broken)
  await expect(untilAborted(Promise.resolve(8))).resolves.toBe(8)
  expect(listeners()).toBe(0)
})

test('an abort rejects with the reason itself, also one that came before', async () => {
  const { controller, signal } = counted()
  const reason = { because: 'the client left' }
  const waiting = forever(signal)
  controller.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  await expect(sleep(1_000_000, signal)).rejects.toBe(reason)
})

test('sleeping ends by itself', async () => {
  await expect(sleep(1)).resolves.toBeUndefined()
})
