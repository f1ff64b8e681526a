/**
 * Calls back when a signal aborts, at once if it has aborted already. The function that it returns stops listening:
 * a signal may outlive many streams.
 */
export const whenAborted = (
  signal: AbortSignal | undefined,
  callback: (reason: unknown) => void,
): (() => void) => {
  if (signal === undefined) return () => {}
  const listener = (): void => callback(signal.reason)
  if (signal.aborted) listener()
  else signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}
