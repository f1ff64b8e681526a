/** Installs what is measured beside this repository's server into a cache: `node bench/gateway/install-peers.ts`. */
import { installBifrost } from './contenders/bifrost.ts'
import { installLitellm } from './contenders/litellm.ts'
import { installNginx } from './contenders/nginx.ts'
import { installPortkey } from './contenders/portkey.ts'
import { readOptions } from './options.ts'

const { cache } = readOptions(process.argv.slice(2))
const peers = {
  nginx: installNginx,
  Portkey: installPortkey,
  LiteLLM: installLitellm,
  Bifrost: installBifrost,
}
for (const [name, install] of Object.entries(peers)) {
  try {
    await install(cache)
    console.log(`${name}: installed in ${cache}`)
  } catch (error) {
    // The others can be measured without it; the run names what is missing.
    console.log(`${name}: not installed. ${error instanceof Error ? error.message : String(error)}`)
  }
}
