/**
 * How long an upstream asks to wait, in milliseconds: `retry-after-ms`, else `Retry-After` in seconds or as an HTTP
 * date. `undefined` where it says nothing readable; a date in the past is 0. Header names are lower case.
 */
export const readRetryAfter = (
  headers: Readonly<Record<string, string>>,
  now: number,
): number | undefined => {
  const milliseconds = toWait(headers['retry-after-ms'], 1)
  if (milliseconds !== undefined) return milliseconds
  const value = headers['retry-after']
  const seconds = toWait(value, 1000)
  if (seconds !== undefined || value === undefined) return seconds
  // Every HTTP date begins with its weekday; engines also read `-5` as a date.
  const date = /^\s*[a-z]{3}/i.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

const toWait = (value: string | undefined, unit: number): number | undefined =>
  value !== undefined && /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Math.ceil(Number(value) * unit) : undefined
