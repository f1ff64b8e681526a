import type { Hono } from 'hono'
import type { RequestEnv } from '../http/env.ts'

/**
 * `GET /openapi.json` and `GET /docs`. Both are made once, and what makes them is loaded when they are first asked for:
 * a hundred schemas are not free, and a start must be quick.
 */
export const openapiRoutes = (app: Hono<RequestEnv>, { version }: { version: string }): void => {
  let document: object | undefined
  let page: string | undefined
  const plain = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' }

  app.get('/openapi.json', async (c) => {
    const { createDocument } = await import('../openapi/document.ts')
    document ??= createDocument(version)
    return c.json(document, 200, plain)
  })

  app.get('/docs', async (c) => {
    const { createPage, pagePolicy } = await import('../openapi/page.ts')
    page ??= await createPage(version)
    return c.body(page, 200, {
      ...plain,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy,
      'referrer-policy': 'no-referrer',
    })
  })
}
