import type { LedgerRow } from '../types.ts'

/** Usage rows by tenant, in the order in which they were written. */
export interface MemoryLedger {
  /** Adds a row, unless its tenant has one of that id. */
  add(row: LedgerRow): void
  /** Rows from a position on, and the position of the first: a later one where older rows were let go. */
  rows(tenant: string, from: number, limit: number): { rows: LedgerRow[]; start: number }
}

interface TenantRows {
  rows: LedgerRow[]
  ids: Set<string>
  /** How many older rows were let go: positions count them too. */
  gone: number
}

/** An empty ledger that keeps the newest `maxRows` rows of each tenant, up to a tenth more between two clearings. */
export function createMemoryLedger(maxRows: number): MemoryLedger {
  const tenants = new Map<string, TenantRows>()
  return {
    add: (row) => {
      const own = tenants.get(row.tenant) ?? { rows: [], ids: new Set(), gone: 0 }
      tenants.set(row.tenant, own)
      if (own.ids.has(row.id)) return
      own.ids.add(row.id)
      own.rows.push(copy(row))
      if (own.rows.length > maxRows * 1.1) {
        const old = own.rows.splice(0, own.rows.length - maxRows)
        for (const { id } of old) own.ids.delete(id)
        own.gone += old.length
      }
    },
    rows: (tenant, from, limit) => {
      const { rows, gone } = tenants.get(tenant) ?? { rows: [], gone: 0 }
      const start = Math.max(from, gone)
      return { rows: rows.slice(start - gone, start - gone + limit).map(copy), start }
    },
  }
}

const copy = (row: LedgerRow): LedgerRow => ({ ...row, usage: { ...row.usage } })
