import { exec } from './exec.ts'

/**
 * Bifrost is a Go program that registries had in parts only when this was written: its core as a module, not the
 * server around it, and its npm package downloads a binary from elsewhere. This asks again, and says what it was told.
 */
export const installBifrost = async (cache: string): Promise<void> => {
  await exec('go', ['install', 'github.com/maximhq/bifrost/transports/bifrost-http@latest'], {
    env: { ...process.env, GOBIN: cache },
  })
  throw new Error('bifrost-http can be installed now, but no configuration for it has been tried yet.')
}
