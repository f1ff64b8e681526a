import type { LedgerRow } from '../types.ts'
import { integer, optionalText, type SqlDatabase, type SqlRow, text } from './database.ts'

/** Usage rows. Writes belong into a transaction of the commit queue. */
export interface Ledger {
  add(row: LedgerRow): void
  /** Rows behind a position, each with its own. */
  rows(tenant: string, after: number, limit: number): { n: number; row: LedgerRow }[]
}

/** Prepares the statements once. */
export function createLedger(db: SqlDatabase): Ledger {
  // Numbered per tenant, so that a cursor tells nothing of others. Rows are never removed, so that numbers only grow.
  const add = db.prepare(
    `INSERT INTO ledger SELECT ?1, (SELECT coalesce(max(n), 0) + 1 FROM ledger WHERE tenant = ?1),
     ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13 WHERE true ON CONFLICT (tenant, id) DO NOTHING`,
  )
  const rows = db.prepare('SELECT * FROM ledger WHERE tenant = ? AND n > ? ORDER BY n LIMIT ?')
  return {
    add: (row) => {
      const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = row.usage
      add.run(
        row.tenant,
        row.id,
        row.sessionId ?? null,
        row.model,
        row.provider ?? null,
        row.at,
        inputTokens,
        outputTokens,
        cacheReadTokens,
        cacheWriteTokens,
        reasoningTokens,
        row.costUsd ?? null,
        row.estimated === undefined ? null : Number(row.estimated),
      )
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
