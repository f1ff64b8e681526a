import { isSessionError } from '@gateway/session'
import { compose } from './compose.ts'
import { ConfigError } from './config/config-error.ts'
import { loadConfig } from './config/load-config.ts'
import { createReloader } from './config/reloader.ts'
import { createTransportErrors } from './http/transport-errors.ts'
import { createLogger } from './logger.ts'
import { listen } from './server.ts'
import { createV1 } from './v1/v1.ts'
import { limitYoungGeneration } from './young-generation.ts'

// How long running turns and requests may take to end after SIGTERM, and open connections after that.
const drainGraceMs = 25_000
const connectionGraceMs = 2_000

const start = async (): Promise<void> => {
  limitYoungGeneration()
  const load = () => loadConfig(process.env, process.cwd())
  const config = await load()
  const log = createLogger(config.logLevel)
  for (const note of config.notes) log.warn(note)
  const gateway = await compose(config, log)
  const errors = createTransportErrors(log, gateway.deps.newRequestId)
  const v1 = createV1(gateway.deps)
  const loadApp = async () => (await import('./app.ts')).createApp(gateway.deps, v1)
  const server = await listen({ loadApp, v1, errors }, config)
  const reloader = await createReloader({ config, load, apply: gateway.reload, log })
  let stopping = false
  const stop = async (reason: string, code: number): Promise<void> => {
    // Asked twice: now.
    if (stopping) process.exit(1)
    stopping = true
    reloader.stop()
    const running = { running_turns: gateway.deps.agent.running(), running_requests: v1.running() }
    log.info({ reason, ...running }, 'draining')
    // Readers are served until the end: they see how their turns end.
    await Promise.all([gateway.drain(drainGraceMs), v1.drain(drainGraceMs)])
    await server.close(connectionGraceMs)
    await gateway.close()
    log.info('stopped')
    process.exit(code)
  }
  process.on('SIGHUP', () => void reloader.reload())
  process.on('SIGTERM', () => void stop('SIGTERM', 0))
  process.on('SIGINT', () => void stop('SIGINT', 0))
  const crash = (error: unknown) => {
    log.fatal({ err: error }, 'uncaught')
    stop('uncaught error', 1).catch(() => process.exit(1))
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
  // Last: who waits for this line may send signals from here on.
  log.info(
    {
      url: server.url,
      version: gateway.deps.version,
      store: gateway.deps.sessions.store,
      providers: gateway.deps.providers.list().map((provider) => provider.name),
      models: gateway.deps.providers.models(),
      default_model: gateway.deps.settings().defaultModel,
      config_file: config.file,
      access: config.keys.length > 0 ? 'keys' : 'open on loopback',
    },
    `gateway is listening on ${server.url}`,
  )
}

start().catch((error: unknown) => {
  // What an operator can mend is said without a stack.
  const known = error instanceof ConfigError || isSessionError(error) || isAddressError(error)
  console.error(known && error instanceof Error ? error.message : error)
  process.exit(1)
})

function isAddressError(error: unknown): boolean {
  // A name that cannot be resolved is as much the operator's as a port that is taken.
  return (
    error instanceof Error &&
    'syscall' in error &&
    (error.syscall === 'listen' || error.syscall === 'getaddrinfo')
  )
}
