/*
 * Where the built server begins: a file of its own, since Node keeps only what it compiles after it was told to.
 */
const { existsSync } = process.getBuiltinModule('node:fs')
const { enableCompileCache } = process.getBuiltinModule('node:module')

// A configuration that is code would be kept too, anew at each start, and it may hold keys.
const { GATEWAY_CONFIG } = process.env
const configs = GATEWAY_CONFIG ? [GATEWAY_CONFIG] : ['gateway.config.ts', 'gateway.config.mjs']
const isCode = configs.some((path) => /\.(ts|mjs)$/.test(path) && existsSync(path))

// Beside the files that are compiled: whoever could write there could as well write those. Node's own choice would be a
// directory for temporary files, which may be everybody's. Where it cannot be written, each start compiles anew.
// `NODE_COMPILE_CACHE` names another one, and `NODE_DISABLE_COMPILE_CACHE=1` does without.
if (!isCode) enableCompileCache(`${import.meta.dirname}/compile-cache`)

await import('./main.ts')
