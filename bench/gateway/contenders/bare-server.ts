/** `node:http` in front, undici behind, nothing in between but back-pressure and the end of the client. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Dispatcher, Pool } from 'undici'

const [, , port = '0', upstreamPort = '0'] = process.argv
const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, {
  connections: null,
  pipelining: 1,
  headersTimeout: 0,
  bodyTimeout: 0,
})

const relay = (request: IncomingMessage, response: ServerResponse, body: Buffer): void => {
  let controller: Dispatcher.DispatchController | undefined
  response.on('drain', () => controller?.resume())
  response.once('close', () => {
    if (!response.writableFinished) controller?.abort(new Error('The client has gone.'))
  })
  const { host: _host, connection: _connection, ...headers } = request.headers
  pool.dispatch(
    { method: 'POST', path: request.url ?? '/', headers, body },
    {
      onRequestStart: (started) => {
        controller = started
      },
      onResponseStart: (
        _controller,
        status,
        { connection: _own, 'transfer-encoding': _framing, ...rest },
      ) => {
        response.writeHead(status, rest)
      },
      onResponseData: (reading, piece) => {
        if (!response.write(piece)) reading.pause()
      },
      onResponseEnd: () => response.end(),
      onResponseError: () => response.destroy(),
    },
  )
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => relay(request, response, Buffer.concat(pieces)))
})
server.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 })
