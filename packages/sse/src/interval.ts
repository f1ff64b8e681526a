/** Calls back every `periodMs` milliseconds until the function that it returns is called. */
export type StartInterval = (callback: () => void, periodMs: number) => () => void

/** The platform's timer, which keeps no process alive where that can be told. */
export const platformInterval: StartInterval = (callback, periodMs) => {
  const handle = setInterval(callback, periodMs)
  const timer: unknown = handle
  // Node's handle can be told not to keep the process alive; elsewhere it is a number.
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') {
    timer.unref()
  }
  return () => clearInterval(handle)
}
