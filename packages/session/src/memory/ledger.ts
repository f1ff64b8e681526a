import type { LedgerRow } from '../types.ts'

/** Usage rows by tenant, in the order in which they were written. */
export interface MemoryLedger {
  /** Adds a row, unless its tenant has one of that id. */
  add(row: LedgerRow): void
  /** Rows from a position on, and the position of the first: a later one where older rows were let go. */
  rows(tenant: string, from: number, limit: number): { rows: LedgerRow[]; start: number }
}

/** Some rows of a tenant, in columns: the garbage collector sees one string of each row, and no object. */
interface Part {
  /** Of each row: id, session, model, provider. */
  texts: (string | undefined)[]
  /** Of each row: time, five counts, cost, estimated; NaN for undefined, which is no number that a row may have. */
  numbers: number[]
}

interface TenantRows {
  /** Oldest first; all but the last are full. */
  parts: Part[]
  /** Of all rows that are kept. */
  ids: Set<string>
  /** Models and providers, each once: they arrive as new strings with each request. */
  names: Map<string, string>
  /** How many older rows were let go: positions count them too. */
  gone: number
}

const textsOfRow = 4
const numbersOfRow = 8
const heldNames = 1000

/** An empty ledger that keeps the newest `maxRows` rows of each tenant, and up to a tenth more: old ones go together. */
export function createMemoryLedger(maxRows: number): MemoryLedger {
  const tenants = new Map<string, TenantRows>()
  const partRows = Math.max(1, Math.floor(maxRows / 10))
  const open = (tenant: string): TenantRows => {
    const own = { parts: [], ids: new Set<string>(), names: new Map<string, string>(), gone: 0 }
    tenants.set(tenant, own)
    return own
  }
  return {
    add: (row) => {
      const own = tenants.get(row.tenant) ?? open(row.tenant)
      const { parts, ids } = own
      const known = ids.size
      // One search, not two.
      if (ids.add(row.id).size === known) return
      if (known % partRows === 0) parts.push({ texts: [], numbers: [] })
      write(own, row)
      if (ids.size - partRows <= maxRows) return
      const { texts } = parts.shift() ?? { texts: [] }
      for (let at = 0; at < texts.length; at += textsOfRow) ids.delete(texts[at] ?? '')
      own.gone += partRows
    },
    rows: (tenant, from, limit) => {
      const { parts, gone } = tenants.get(tenant) ?? { parts: [], gone: 0 }
      const start = Math.max(from, gone)
      const rows: LedgerRow[] = []
      for (let at = start - gone; rows.length < limit; at += 1) {
        const row = read(tenant, parts[Math.floor(at / partRows)], at % partRows)
        if (row === undefined) break
        rows.push(row)
      }
      return { rows, start }
    },
  }
}

function write({ parts, names }: TenantRows, row: LedgerRow): void {
  const { usage, provider } = row
  const part = parts.at(-1)
  if (names.size > heldNames) names.clear()
  part?.texts.push(row.id, row.sessionId, once(names, row.model), provider && once(names, provider))
  part?.numbers.push(
    row.at,
    usage.inputTokens,
    usage.outputTokens,
    usage.cacheReadTokens,
    usage.cacheWriteTokens,
    usage.reasoningTokens,
    row.costUsd ?? Number.NaN,
    row.estimated === undefined ? Number.NaN : Number(row.estimated),
  )
}

/** The first string of a text. */
function once(names: Map<string, string>, name: string): string {
  const known = names.get(name)
  if (known === undefined) names.set(name, name)
  return known ?? name
}

function read(tenant: string, part: Part | undefined, index: number): LedgerRow | undefined {
  const [id, sessionId, model = '', provider] =
    part?.texts.slice(index * textsOfRow, (index + 1) * textsOfRow) ?? []
  if (part === undefined || id === undefined) return undefined
  const values = part.numbers.slice(index * numbersOfRow, (index + 1) * numbersOfRow)
  const [at = 0, inputTokens = 0, outputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0] = values
  const [reasoningTokens = 0, costUsd = Number.NaN, estimated = Number.NaN] = values.slice(5)
  return {
    tenant,
    id,
    ...(sessionId !== undefined && { sessionId }),
    model,
    ...(provider !== undefined && { provider }),
    at,
    usage: { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens },
    ...(!Number.isNaN(costUsd) && { costUsd }),
    ...(!Number.isNaN(estimated) && { estimated: estimated === 1 }),
  }
}
