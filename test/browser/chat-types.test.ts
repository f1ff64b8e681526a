import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from '../architecture/workspace.ts'

// The page is served as it is written, so no build checks the types in its comments.
test('the script of the chat page fits its types', { timeout: 60_000 }, () => {
  const compiler = join(repository, 'node_modules/typescript/bin/tsc')
  const config = join(repository, 'apps/gateway/public/tsconfig.json')
  const { status, stdout } = spawnSync(process.execPath, [compiler, '--project', config, '--listFiles'], {
    encoding: 'utf8',
  })
  expect(status, stdout).toBe(0)
  expect(stdout).toContain('public/chat.js')
})
