import type { LedgerRow } from '../types.ts'
import { integer, optionalText, type SqlDatabase, type SqlRow, type SqlValue, text } from './database.ts'

/** Usage rows. Writes belong into a transaction of the commit queue. */
export interface Ledger {
  add(rows: readonly LedgerRow[]): void
  /** Rows behind a position, each with its own. */
  rows(tenant: string, after: number, limit: number): { n: number; row: LedgerRow }[]
}

/** Tenants whose last number is held in memory; asking the file again costs each row a search. */
const heldNumbers = 1000

/** Rows that one statement takes: each costs a quarter less than alone. More of them gain nothing. */
const rowsAtOnce = 10

const rowOfValues = `(${new Array<string>(14).fill('?').join(', ')})`

/** Prepares the statements once. */
export function createLedger(db: SqlDatabase): Ledger {
  const toInsert = (rows: number) =>
    db.prepare(
      `INSERT INTO ledger VALUES ${new Array<string>(rows).fill(rowOfValues).join(', ')} ON CONFLICT (tenant, id) DO NOTHING`,
    )
  const insertOne = toInsert(1)
  const insertSeveral = toInsert(rowsAtOnce)
  const last = db.prepare('SELECT coalesce(max(n), 0) AS n FROM ledger WHERE tenant = ?')
  const rows = db.prepare('SELECT * FROM ledger WHERE tenant = ? AND n > ? ORDER BY n LIMIT ?')
  const numbers = new Map<string, number>()

  // Per tenant, so that a cursor tells nothing of others. Nobody else writes, and rows are never removed, so that numbers
  // only grow. One whose row was there already or was undone leaves a gap, which no reader sees.
  const nextNumber = (tenant: string): number => {
    const n = (numbers.get(tenant) ?? integer(last.get(tenant) ?? {}, 'n')) + 1
    numbers.set(tenant, n)
    return n
  }
  const addValues = (values: SqlValue[], row: LedgerRow) => {
    const { usage } = row
    values.push(
      row.tenant,
      nextNumber(row.tenant),
      row.id,
      row.sessionId ?? null,
      row.model,
      row.provider ?? null,
      row.at,
      usage.inputTokens,
      usage.outputTokens,
      usage.cacheReadTokens,
      usage.cacheWriteTokens,
      usage.reasoningTokens,
      row.costUsd ?? null,
      row.estimated === undefined ? null : Number(row.estimated),
    )
  }
  return {
    add: (added) => {
      let at = 0
      while (at < added.length) {
        // Between groups alone: the file knows nothing yet of the numbers that a group has drawn.
        if (numbers.size > heldNumbers) numbers.clear()
        const isGroup = added.length - at >= rowsAtOnce
        const end = at + (isGroup ? rowsAtOnce : 1)
        const values: SqlValue[] = []
        for (const row of added.slice(at, end)) addValues(values, row)
        const insert = isGroup ? insertSeveral : insertOne
        insert.run(...values)
        at = end
      }
    },
    rows: (tenant, after, limit) =>
      rows.all(tenant, after, limit).map((row) => ({ n: integer(row, 'n'), row: toLedgerRow(row) })),
  }
}

function toLedgerRow(row: SqlRow): LedgerRow {
  const sessionId = optionalText(row, 'session_id')
  const provider = optionalText(row, 'provider')
  return {
    tenant: text(row, 'tenant'),
    id: text(row, 'id'),
    ...(sessionId !== undefined && { sessionId }),
    model: text(row, 'model'),
    ...(provider !== undefined && { provider }),
    at: integer(row, 'at'),
    usage: {
      inputTokens: integer(row, 'input_tokens'),
      outputTokens: integer(row, 'output_tokens'),
      cacheReadTokens: integer(row, 'cache_read_tokens'),
      cacheWriteTokens: integer(row, 'cache_write_tokens'),
      reasoningTokens: integer(row, 'reasoning_tokens'),
    },
    ...(row.cost_usd !== null && { costUsd: integer(row, 'cost_usd') }),
    ...(row.estimated !== null && { estimated: row.estimated === 1 }),
  }
}
