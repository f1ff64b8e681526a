import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSqliteStore } from '../sqlite.ts'
import { sessionStoreConformance } from '../testing.ts'

sessionStoreConformance(
  'sqlite',
  ({ now }) => {
    const folder = mkdtempSync(join(tmpdir(), 'sessions-'))
    const open = () => createSqliteStore({ path: join(folder, 'deep', 'sessions.db'), now })
    return {
      store: open(),
      reopen: async () => open(),
      cleanup: async () => rmSync(folder, { recursive: true }),
    }
  },
  { test, expect },
)
