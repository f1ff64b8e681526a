import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { notFound } from '../http/api-error.ts'
import { readOptionalBody } from '../http/body.ts'
import type { RequestEnv } from '../http/env.ts'
import { toWireContent } from '../wire/blocks.ts'
import { toSnake } from '../wire/resources.ts'
import { executeToolSchema } from './schema.ts'

/** Tools: what there is, and running one without a model. */
export const toolRoutes = (app: Hono<RequestEnv>, deps: AppDeps): void => {
  app.get('/api/tools', (c) => {
    const { tenant, tools: allowed } = c.get('caller')
    const tools = deps.tools.list({ tenant, allowed }).map((tool) => ({
      name: tool.name,
      description: tool.description,
      input_schema: tool.inputSchema,
      available: tool.available,
      ...(tool.reason === undefined ? {} : { reason: tool.reason }),
    }))
    return c.json({ tools, count: tools.length })
  })

  app.post('/api/tools/:name/execute', async (c) => {
    const name = c.req.param('name')
    const { input } = await readOptionalBody(c, executeToolSchema)
    const { tenant, tools: allowed } = c.get('caller')
    const result = await deps.tools.execute(name, input ?? {}, { tenant, allowed, signal: c.req.raw.signal })
    // Not enabled and not allowed look the same: neither is listed.
    if (result.status === 'unknown-tool' || result.status === 'denied')
      throw notFound(`There is no tool "${name}".`)
    return c.json({
      tool: result.tool,
      status: toSnake(result.status),
      is_error: result.isError,
      content: typeof result.content === 'string' ? result.content : toWireContent(result.content),
      duration_ms: Math.round(result.durationMs * 1000) / 1000,
    })
  })
}
