import { hash } from 'node:crypto'
import { expect, test } from 'vitest'
import { operations } from '../openapi/operations.ts'
import { createTestApp } from '../test-app.ts'

const get = async (path: string, headers: Record<string, string> = {}, keys: Record<string, string> = {}) =>
  createTestApp({ keys, deps: { version: '<b>&1' } }).call('GET', path, undefined, headers)

test('the document and its page need a key where there are keys', async () => {
  for (const path of ['/openapi.json', '/docs']) {
    expect((await get(path)).status).toBe(200)
    expect((await get(path, {}, { key: 'acme' })).status).toBe(401)
    expect((await get(path, { 'x-api-key': 'key' }, { key: 'acme' })).status).toBe(200)
  }
  expect((await get('/openapi.json')).json.info.version).toBe('<b>&1')
})

test('the page has an anchor and a curl example for each operation, and every link in it leads somewhere', async () => {
  const { text, headers } = await get('/docs')
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
  const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { id } of operations) expect(ids).toContain(id)
  for (const [, target] of text.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target)
  expect(text.match(/<pre>curl /g)?.length).toBe(operations.length)
  expect(text).toContain('curl -X POST &quot;$GATEWAY/api/sessions/$ID/messages&quot;')
})

test('the page escapes what it shows, loads nothing and runs nothing', async () => {
  const { text, headers } = await get('/docs')
  expect(text).toContain('Gateway &lt;b&gt;&amp;1')
  expect(text).not.toMatch(/<script|\son\w+=|\sstyle=|<link|\ssrc=|@import|url\(/)
  // The style that the policy lets through is the one that is there.
  const style = /<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? ''
  const policy = headers.get('content-security-policy')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain(`style-src 'sha256-${hash('sha256', style, 'base64')}'`)
  expect(policy).not.toContain('unsafe')
})
