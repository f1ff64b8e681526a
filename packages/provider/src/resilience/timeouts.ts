/** Four limits of one request, in milliseconds. Each covers one phase, and is cleared when that ends. */
export interface Timeouts {
  /**
   * Until the connection to an upstream stands.
   * @defaultValue 5000
   */
  connectMs?: number | undefined
  /**
   * From the sending of a request until the first content of its stream. Not for answers in one piece.
   * @defaultValue 120000
   */
  firstTokenMs?: number | undefined
  /**
   * Between two events of an upstream's stream, pings included, or two pieces of a whole answer's body.
   * @defaultValue 60000
   */
  stallMs?: number | undefined
  /**
   * For everything: all attempts at all targets, and the waits between them.
   * @defaultValue 600000
   */
  totalMs?: number | undefined
}

/** {@link Timeouts} without gaps. */
export type TimeLimits = { readonly [K in keyof Timeouts]-?: number }

const defaultTimeouts: TimeLimits = {
  connectMs: 5_000,
  firstTokenMs: 120_000,
  stallMs: 60_000,
  totalMs: 600_000,
}

/** Fills the gaps of `timeouts`, from the left to the right. */
export const toTimeLimits = (...timeouts: readonly (Timeouts | undefined)[]): TimeLimits => {
  const limits = { ...defaultTimeouts }
  for (const source of timeouts.toReversed()) {
    for (const name of ['connectMs', 'firstTokenMs', 'stallMs', 'totalMs'] as const) {
      limits[name] = source?.[name] ?? limits[name]
    }
  }
  return limits
}
