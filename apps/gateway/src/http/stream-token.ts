import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { SessionKey } from '@gateway/session'
import type { Access, ApiKey } from './auth.ts'

/** Milliseconds that a token lives. */
const streamTokenTtlMs = 5 * 60_000

/** Tokens that let a browser's EventSource, which cannot send a key, read one session. */
export interface StreamTokens {
  issue(key: SessionKey): { token: string; expiresAt: number }
  /** Whose token it is; undefined when it is forged, for another session or too old. */
  verify(token: string, sessionId: string): SessionKey | undefined
}

/**
 * Tokens are signed and kept nowhere. The secret comes from the configured keys, so a token outlives a restart and is
 * good on each instance, and ends when the keys are replaced; without keys it is random.
 */
export const createStreamTokens = (access: Access, now: () => number): StreamTokens => {
  let keys = access.keys()
  let secret = toSecret(keys)
  const sign = (payload: string) => {
    if (access.keys() !== keys) {
      keys = access.keys()
      secret = toSecret(keys)
    }
    return createHmac('sha256', secret).update(payload).digest()
  }
  return {
    issue(key) {
      const expiresAt = now() + streamTokenTtlMs
      const payload = Buffer.from(JSON.stringify([key.tenant, key.id, expiresAt])).toString('base64url')
      return { token: `${payload}.${sign(payload).toString('base64url')}`, expiresAt }
    },
    verify(token, sessionId) {
      const [payload = '', signature = ''] = token.split('.')
      const given = Buffer.from(signature, 'base64url')
      const expected = sign(payload)
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
      // Signed by us, so it is what `issue` wrote.
      const [tenant, id, expiresAt]: unknown[] = JSON.parse(Buffer.from(payload, 'base64url').toString())
      if (typeof tenant !== 'string' || id !== sessionId || typeof expiresAt !== 'number') return undefined
      return expiresAt > now() ? { tenant, id: sessionId } : undefined
    },
  }
}

const toSecret = (keys: readonly ApiKey[]): Buffer =>
  keys.length === 0
    ? randomBytes(32)
    : createHmac('sha256', 'stream-token')
        .update(
          keys
            .map((key) => key.sha256)
            .sort()
            .join(),
        )
        .digest()
