import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** The text of a file of /proc; empty where the process or thread has just ended. */
const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ESRCH') return ''
    throw error
  }
}

/** The fields of /proc/PID/stat from the third on; the second is a name that may hold anything. */
const statFields = (pid: number): string[] => {
  const text = read(`/proc/${pid}/stat`)
  return text === '' ? [] : text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** A process and all that descend from it. */
const treeOf = (root: number): number[] => {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const parent = Number(statFields(pid)[1])
    children.set(parent, [...(children.get(parent) ?? []), pid])
  }
  const tree = [root]
  for (const pid of tree) tree.push(...(children.get(pid) ?? []))
  return tree
}

const threadsOf = (pid: number): string[] => {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return [] // ended since the tree was read
  }
}

/** What a process has used so far. */
interface Used {
  /** Nanoseconds by thread. */
  threads: Map<string, number>
  /** Microseconds of all its threads and of children that have ended, in steps of the kernel's clock. */
  total: number
}

/** The CPU time of a process tree at one moment. */
export type CpuClock = ReadonlyMap<number, Used>

/** Linux tells these times in hundredths of a second to all programs. */
const tickMicros = 10_000

/** Reads the CPU time of a process and of all that descend from it, the kernel's work for them included. */
export const readCpu = (root: number): CpuClock =>
  new Map(
    treeOf(root).map((pid): [number, Used] => {
      const nanos = (thread: string) =>
        Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0] ?? 0)
      const threads = new Map(threadsOf(pid).map((thread) => [thread, nanos(thread)]))
      const [user, system, childUser, childSystem] = statFields(pid).slice(11, 15).map(Number)
      const ticks = (user ?? 0) + (system ?? 0) + (childUser ?? 0) + (childSystem ?? 0)
      return [pid, { threads, total: ticks * tickMicros }]
    }),
  )

/**
 * Microseconds of CPU between two readings. The exact times of threads end with them: where the coarse time of the
 * process says that more was used, that is what counts.
 */
export const cpuBetween = (before: CpuClock, after: CpuClock): number => {
  let micros = 0
  for (const [pid, { threads, total }] of after) {
    const earlier = before.get(pid)
    let exact = 0
    for (const [thread, nanos] of threads) exact += (nanos - (earlier?.threads.get(thread) ?? 0)) / 1000
    const coarse = total - (earlier?.total ?? 0)
    micros += coarse - exact > 3 * tickMicros ? coarse : exact
  }
  return micros
}

/** Microseconds of CPU that a process tree uses while `task` runs, and what came of it. */
export const cpuWhile = async <T>(root: number, task: () => Promise<T>): Promise<[number, T]> => {
  const before = readCpu(root)
  const result = await task()
  return [cpuBetween(before, readCpu(root)), result]
}

/** Waits until a process tree uses less than a share of a core for `windowMs`; false where it does not in time. */
export const comeToRest = async (
  root: number,
  { windowMs, share, patienceMs }: { windowMs: number; share: number; patienceMs: number },
): Promise<boolean> => {
  const deadline = performance.now() + patienceMs
  while (performance.now() < deadline) {
    const [micros] = await cpuWhile(root, () => sleep(windowMs))
    if (micros < share * windowMs * 1000) return true
  }
  return false
}

/** Bytes of memory that are resident for a process tree. */
export const rssBytes = (root: number): number => {
  let kilobytes = 0
  for (const pid of treeOf(root))
    kilobytes += Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
  return kilobytes * 1024
}

/** The limit of open files, which children inherit: a gateway needs two for each open stream. */
export const openFileLimit = (): number => {
  const soft = /Max open files\s+(\S+)/.exec(read('/proc/self/limits'))?.[1]
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft ?? 0)
}
