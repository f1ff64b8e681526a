import { clientDialects } from '../dialects/client-dialects.ts'
import type { ClientDialectName } from '../types/message.ts'
import type { ForwardDialect } from './attempt.ts'
import { createFinder } from './needles.ts'

// An event of this name is an error in every dialect, whatever its data look like.
const errorEvents = ['event: error', 'event:error']

/** What the forwarding knows of each dialect of clients. */
export const forwardDialects: ReadonlyMap<ClientDialectName, ForwardDialect> = new Map(
  Object.values(clientDialects).map((client) => {
    const finder = createFinder([...client.rules.needles, ...errorEvents])
    return [client.name, { client, finder }] as const
  }),
)
