import { randomUUID } from 'node:crypto'

/** Prefixed, URL-safe, 122 random bits: for names that are no secrets. */
export const randomId = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`
