import { Buffer } from 'node:buffer'
import { Writable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createOutbox, createParcel, type Outbox, type Parcel } from './outbox.ts'

/** How much of a write the system takes at once; the rest it reads from the writer's memory later. */
type Appetite = 'all' | 'some' | 'nothing'

/** A socket whose system takes as much as the test says. */
const createFake = (appetite: Appetite) => {
  let waiting: (() => void) | undefined
  let taken = Buffer.alloc(0)
  /** Memory that is read later. */
  const lent: ArrayBufferLike[] = []
  const take = (bytes: Uint8Array) => {
    taken = Buffer.concat([taken, bytes])
  }
  const fake = {
    appetite,
    lent,
    taken: () => taken.toString('latin1'),
    takeRest() {
      const rest = waiting
      waiting = undefined
      rest?.()
    },
    socket: new Writable({
      decodeStrings: true,
      highWaterMark: 64,
      write(chunk: Buffer, _encoding, done) {
        const now = fake.appetite === 'all' ? chunk.length : fake.appetite === 'some' ? chunk.length >> 1 : 0
        take(chunk.subarray(0, now))
        if (now === chunk.length) return done()
        lent.push(chunk.buffer)
        waiting = () => {
          take(chunk.subarray(now))
          done()
        }
      },
    }),
  }
  fake.socket.on('error', () => {})
  return fake
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

/** Puts a text in one of the three ways, and spoils what it was put from. */
const put = (outbox: Outbox, parcel: Parcel, way: 'latin1' | 'utf8' | 'bytes', text: string) => {
  const bytes = Buffer.from(text, way === 'latin1' ? 'latin1' : 'utf8')
  if (way === 'latin1') outbox.putLatin1(parcel, text)
  else if (way === 'utf8') outbox.putUtf8(parcel, text, bytes.length)
  else {
    outbox.putBytes(parcel, bytes)
    const is = bytes.toString('latin1')
    bytes.fill(35)
    return is
  }
  return bytes.toString('latin1')
}

const places = 3
const place = fc.nat(places - 1)
const appetites = fc.constantFrom<Appetite>('all', 'all', 'some', 'nothing')
/** Whatever may happen, with texts of up to so many times 90 characters. */
const commandsOf = (times: number) =>
  fc.oneof(
    {
      weight: 20,
      arbitrary: fc.record({
        type: fc.constant('put' as const),
        at: place,
        way: fc.constantFrom('latin1' as const, 'utf8' as const, 'bytes' as const),
        text: fc.oneof(
          fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\xe9', '\xff'), maxLength: 12 }),
          fc
            .string({ unit: fc.constantFrom('x', '\xe9'), minLength: 20, maxLength: 90 })
            .map((text) => text.repeat(times)),
        ),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('list' as const), at: place }) },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('turn' as const) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('takeRest' as const), at: place }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('eat' as const), at: place, how: appetites }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('destroy' as const), at: place }) },
  )

test.each([
  { name: 'hardly anything', min: 8, max: 64, times: 1, numRuns: 1500 },
  { name: 'a few long texts', min: 60_000, max: 200_000, times: 1000, numRuns: 100 },
])(
  'with room for $name each socket gets exactly its bytes, and is told once when all were written',
  async ({ min, max, times, numRuns }) => {
    const cases = fc.tuple(
      fc.integer({ min, max }),
      fc.array(appetites, { minLength: places, maxLength: places }),
      fc.array(commandsOf(times), { maxLength: 40 }),
    )
    await fc.assert(
      fc.asyncProperty(cases, async ([size, first, all]) => {
        const outbox = createOutbox(size)
        const seats = first.map((appetite) => {
          const fake = createFake(appetite)
          const seat = {
            fake,
            all: '',
            isListed: false,
            told: 0,
            parcel: createParcel(fake.socket, () => {}),
          }
          seat.parcel = createParcel(fake.socket, () => {
            seat.told += 1
            if (fake.socket.destroyed) return
            expect(fake.taken().length + fake.socket.writableLength).toBeGreaterThanOrEqual(seat.all.length)
          })
          return seat
        })
        const endTurn = async () => {
          await nextTurn()
          expect(seats.map(({ told }) => told)).toEqual(seats.map(({ isListed }) => (isListed ? 1 : 0)))
          for (const seat of seats) Object.assign(seat, { told: 0, isListed: false })
        }
        for (const command of all) {
          if (command.type === 'turn') {
            await endTurn()
            continue
          }
          const seat = seats[command.at]
          if (seat === undefined) throw new Error('There are so many.')
          const { fake, parcel } = seat
          if (command.type === 'eat') fake.appetite = command.how
          else if (command.type === 'takeRest') fake.takeRest()
          else if (command.type === 'destroy') fake.socket.destroy()
          else {
            seat.isListed = true
            if (command.type === 'list') outbox.list(parcel)
            else {
              const is = put(outbox, parcel, command.way, command.text)
              if (!fake.socket.destroyed) seat.all += is
            }
          }
        }
        await endTurn()
        for (const { fake, all } of seats) {
          fake.appetite = 'all'
          for (let rest = 0; rest < 100 && fake.socket.writableLength > 0; rest += 1) {
            fake.takeRest()
            await nextTurn()
          }
          if (fake.socket.destroyed) expect(all.startsWith(fake.taken())).toBe(true)
          else expect(fake.taken()).toBe(all)
        }
      }),
      { numRuns },
    )
  },
)

test('sockets that take nothing share few of its buffers, and give them back', async () => {
  const size = 1000
  const outbox = createOutbox(size)
  const stuck = async (count: number) => {
    const fakes = Array.from({ length: count }, () => createFake('nothing'))
    for (const { socket } of fakes) {
      const parcel = createParcel(socket, () => {})
      outbox.putLatin1(parcel, 'one')
      await nextTurn()
      outbox.putLatin1(parcel, 'two')
      await nextTurn()
    }
    const buffers = new Set(fakes.flatMap(({ lent }) => lent).filter(({ byteLength }) => byteLength === size))
    return { fakes, buffers: buffers.size }
  }
  const first = await stuck(60)
  expect(first.buffers).toBe(16)
  expect((await stuck(20)).buffers).toBe(0)
  for (const isGone of [false, true]) {
    for (const { socket, takeRest } of isGone ? first.fakes.slice(8, 16) : first.fakes.slice(0, 8)) {
      if (isGone) socket.destroy()
      // As the system's own, a write that runs ends also where its connection has ended.
      takeRest()
    }
    await nextTurn()
    expect((await stuck(20)).buffers).toBe(8)
  }
})

test('what is put for a socket while others are told is written, and told of then', async () => {
  const outbox = createOutbox(16)
  const told: string[] = []
  const [one, two] = [createFake('all'), createFake('all')]
  const second = createParcel(two.socket, () => told.push(`two: ${two.taken()}`))
  const first = createParcel(one.socket, () => {
    told.push(`one: ${one.taken()}`)
    if (told.length > 1) return
    outbox.putLatin1(second, ' and more')
    outbox.putLatin1(first, '!')
  })
  outbox.putLatin1(first, 'first')
  outbox.putLatin1(second, 'second')
  await nextTurn()
  expect(told).toEqual(['one: first'])
  await nextTurn()
  expect(told).toEqual(['one: first', 'two: second and more', 'one: first!'])
})
