import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A way to the gateway that breaks. */
export interface CutProxy {
  readonly url: string
  /** How many connections it has cut. */
  cuts(): number
  close(): Promise<void>
}

/** Characters that a marker may span across two reads. */
const overlap = 200

/**
 * Relays bytes between a port of its own and the gateway at `target`. Whenever the gateway sends what fits the next of
 * the markers, its answer ends right there, in the middle of an event: no clock decides what a test sees.
 */
export const startCutProxy = async (target: string, markers: readonly RegExp[]): Promise<CutProxy> => {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let cuts = 0
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    }
    // A side that fails takes the other with it: that is all a relay can do.
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
    near.pipe(far)
    let before = ''
    far.on('data', (bytes: Buffer) => {
      // In latin1 a character is a byte, so that the match says where to cut.
      const text = before + bytes.toString('latin1')
      const match = markers[cuts]?.exec(text)
      if (match === undefined || match === null) {
        near.write(bytes)
        before = text.slice(-overlap)
        return
      }
      cuts += 1
      near.end(bytes.subarray(0, match.index + match[0].length - before.length))
      far.destroy()
    })
    far.on('end', () => near.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.')
  return {
    url: `http://127.0.0.1:${address.port}`,
    cuts: () => cuts,
    async close() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}
