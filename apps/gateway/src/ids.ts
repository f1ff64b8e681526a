import { randomBytes } from 'node:crypto'

/** Prefixed, URL-safe, 128 random bits. */
export const randomId = (prefix: string): string => `${prefix}_${randomBytes(16).toString('hex')}`
