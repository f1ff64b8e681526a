import type { JsonObject } from '../../types/json.ts'

/** One event of the wire; JSON never holds a line end. */
export const frame = (name: string, data: JsonObject): string =>
  `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
