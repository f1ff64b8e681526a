import type { LedgerRow } from '../types.ts'

/** Usage rows by tenant, in the order in which they were written. */
export interface MemoryLedger {
  /** Adds a row, unless its tenant has one of that id. */
  add(row: LedgerRow): void
  /** Rows from a position on. */
  rows(tenant: string, from: number, limit: number): LedgerRow[]
}

/** An empty ledger. */
export function createMemoryLedger(): MemoryLedger {
  const tenants = new Map<string, { rows: LedgerRow[]; ids: Set<string> }>()
  return {
    add: (row) => {
      const own = tenants.get(row.tenant) ?? { rows: [], ids: new Set() }
      tenants.set(row.tenant, own)
      if (own.ids.has(row.id)) return
      own.ids.add(row.id)
      own.rows.push(structuredClone(row))
    },
    rows: (tenant, from, limit) => structuredClone(tenants.get(tenant)?.rows.slice(from, from + limit) ?? []),
  }
}
