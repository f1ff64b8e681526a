import { expect, test } from 'vitest'
import { createSqliteStore } from '../sqlite.ts'
import { sessionStoreConformance } from '../testing.ts'
import { temporaryFolder } from './fixtures/temporary-folder.ts'

sessionStoreConformance(
  'sqlite',
  ({ now }) => {
    const folder = temporaryFolder()
    const open = () => createSqliteStore({ path: folder.path('deep/sessions.db'), now })
    return { store: open(), reopen: async () => open(), cleanup: async () => folder.remove() }
  },
  { test, expect },
)
