/** What is wrong, and where: a variable's name, or a place in the file such as `models.fast.targets[0].provider`. */
export interface Fault {
  path: string
  message: string
}

/** The configuration cannot be used; the message lists every fault, and no value that came from the environment. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly faults: readonly Fault[]

  /** `file`: the file that was read, where there was one. */
  constructor(faults: readonly Fault[], file?: string) {
    const where = file === undefined ? '' : ` (${file} and the environment)`
    const lines = faults.map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}`)
    super(`The configuration${where} cannot be used:\n${lines.join('\n')}`)
    this.faults = faults
  }
}
