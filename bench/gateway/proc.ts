import { readdirSync, readFileSync } from 'node:fs'

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

/** Microseconds that the scheduler gave to all threads of a process tree, the kernel's work for them included. */
export const cpuMicros = (root: number): number => {
  let nanos = 0
  for (const pid of treeOf(root)) {
    for (const thread of threadsOf(pid)) {
      nanos += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0] ?? 0)
    }
  }
  return nanos / 1000
}

/** Bytes of memory that are resident for a process tree. */
export const rssBytes = (root: number): number => {
  let kilobytes = 0
  for (const pid of treeOf(root))
    kilobytes += Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
  return kilobytes * 1024
}

/** The limit of open files of a process: a gateway needs two for each open stream. */
export const openFileLimit = (pid: number | 'self'): number => {
  const soft = /Max open files\s+(\S+)/.exec(read(`/proc/${pid}/limits`))?.[1]
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft ?? 0)
}
