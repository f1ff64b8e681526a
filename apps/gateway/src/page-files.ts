import { readFileSync } from 'node:fs'

/** A file of the chat page; `public` stands beside both `src` and `dist`. */
export const readPage = (file: string): string =>
  readFileSync(new URL(`../public/${file}`, import.meta.url), 'utf8')
