import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSessionManager, isSessionError } from '@gateway/session'
import { createSqliteStore } from '@gateway/session/sqlite'

const folder = await mkdtemp(join(tmpdir(), 'sessions-'))
const open = () => createSessionManager({ store: createSqliteStore({ path: join(folder, 'sessions.db') }) })

const sessions = open()
const { key } = await sessions.create({ tenant: 'acme', model: 'mock' })
const turn = { type: 'turn.started', turnId: 'turn_1', data: { model: 'mock' } } as const
const idempotency = { key: 'request-1', bodyHash: 'sha256 of the body', turnId: 'turn_1' }
console.log((await sessions.append(key, [turn], { idempotency })).status)
console.log((await sessions.append(key, [turn], { idempotency })).status)

try {
  open()
} catch (error) {
  console.log(isSessionError(error) && error.code)
}
await sessions.close()

// After a restart, or a crash: everything that was acknowledged is there, and what was cut short is named.
const later = open()
console.log(await later.unfinished())
console.log((await later.get(key))?.runningTurn)
await later.close()
await rm(folder, { recursive: true })
