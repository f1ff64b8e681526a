import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import type { RequestEnv } from '../http/env.ts'

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const types: Record<string, string> = {
  'chat.html': 'text/html; charset=utf-8',
  'chat.js': 'text/javascript; charset=utf-8',
  'chat.css': 'text/css; charset=utf-8',
}

/** The chat page. It holds no secrets, so it needs no key; what it asks of `/api` does. */
export const pageRoutes = (app: Hono<RequestEnv>, deps: AppDeps): void => {
  const serve = (path: string, file: string) =>
    app.get(path, (c) =>
      c.body(deps.page(file), 200, {
        'content-type': types[file] ?? 'application/octet-stream',
        'content-security-policy': policy,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-cache',
      }),
    )
  serve('/', 'chat.html')
  serve('/chat.js', 'chat.js')
  serve('/chat.css', 'chat.css')
}
