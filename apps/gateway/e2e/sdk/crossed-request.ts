import { expect } from 'vitest'
import type { Scenario } from './matrix.ts'

export type Fields = Record<string, unknown>

/** A request of one dialect that an upstream of the other must be able to take. */
export interface CrossedRequest {
  path: string
  headers?: Record<string, string>
  models?: Scenario['models']
  body(say: (text: string) => string): Fields
  /** What must have reached the upstream, parsed and as text. */
  // biome-ignore lint/suspicious/noExplicitAny: wire bodies are looked into field by field.
  sent?(body: any, text: string): void
  status?: number
  /** What `x-gateway-warnings` names. */
  warns?: string[]
}

/** Sends it as it is, whole and streamed. */
export const crossed = ({
  path,
  headers,
  models,
  body,
  sent,
  status = 200,
  warns = [],
}: CrossedRequest): Scenario => {
  const name = path === '/v1/messages' ? '@anthropic-ai/sdk' : 'openai'
  return {
    // One client of each dialect is enough: these are no calls of its SDK.
    where: (cell) => !cell.native && cell.client.name === name,
    ...(models && { models }),
    async run({ url, model, say, answer, streamed, requests, body: sentBody }) {
      answer([{ type: 'text', text: 'Fine.' }])
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model, ...(streamed && { stream: true }), ...body(say) }),
      })
      const text = await response.text()
      expect(response.status, text).toBe(status)
      if (status !== 200) {
        expect(requests()).toHaveLength(0)
        return
      }
      expect(text).toContain('Fine.')
      expect(requests().map(({ accepted }) => accepted)).toEqual([true])
      for (const word of warns) expect(response.headers.get('x-gateway-warnings')).toContain(word)
      sent?.(sentBody(0), requests()[0]?.text ?? '')
    },
  }
}

export const user = (content: unknown): Fields => ({ role: 'user', content })
export const assistant = (content: unknown, more: Fields = {}): Fields => ({
  role: 'assistant',
  content,
  ...more,
})
export const png = 'iVBORw0KGgo='
export const rolesOf = (body: { messages: { role: string }[] }): string[] =>
  body.messages.map(({ role }) => role)
