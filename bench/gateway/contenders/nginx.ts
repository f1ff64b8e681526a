import { existsSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Contender, Place } from './contender.ts'
import { exec } from './exec.ts'

const packed = (cache: string): string => join(cache, 'nginx', 'usr', 'sbin', 'nginx')
const installed = '/usr/sbin/nginx'

const binaryIn = (cache: string): string | undefined =>
  [installed, packed(cache)].find((path) => existsSync(path))

/** One worker, streams unbuffered, connections kept alive on both sides, no access log. */
const toConfig = (port: number, { upstreamPort, work }: Place): string => `
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${work}/nginx-${port}.pid;
error_log stderr error;
events { worker_connections 16384; }
http {
  access_log off;
  tcp_nodelay on;
  keepalive_requests 100000000;
  client_body_buffer_size 128k;
  client_body_temp_path ${work}/nginx-body;
  proxy_temp_path ${work}/nginx-proxy;
  fastcgi_temp_path ${work}/nginx-fastcgi;
  uwsgi_temp_path ${work}/nginx-uwsgi;
  scgi_temp_path ${work}/nginx-scgi;
  upstream mock { server 127.0.0.1:${upstreamPort}; keepalive 512; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://mock;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 300s;
    }
  }
}
`

/** Debian's nginx: the one that is installed, or one that is only unpacked, so that no service comes with it. */
export const nginx: Contender = {
  name: 'nginx',
  find: async ({ cache }) => {
    const binary = binaryIn(cache)
    if (binary === undefined) return { missing: 'not installed' }
    return { version: (await exec(binary, ['-v'])).replace(/^.*nginx\//s, '') }
  },
  launch: (port, place) => {
    const config = join(place.work, `nginx-${port}.conf`)
    writeFileSync(config, toConfig(port, place))
    const binary = binaryIn(place.cache) ?? installed
    return { command: binary, args: ['-e', 'stderr', '-c', config, '-g', 'daemon off;'], cwd: place.work }
  },
}

/** Unpacks Debian's nginx into the cache. */
export const installNginx = async (cache: string): Promise<void> => {
  if (binaryIn(cache) !== undefined) return
  const dir = join(cache, 'nginx')
  await mkdir(dir, { recursive: true })
  const download = () => exec('apt-get', ['download', 'nginx'], { cwd: dir })
  // A fresh machine has no lists of packages yet.
  await download().catch(async () => {
    await exec('apt-get', ['update', '-qq'])
    await download()
  })
  const [archive] = (await readdir(dir)).filter((name) => name.endsWith('.deb'))
  if (archive === undefined) throw new Error('apt-get downloaded no package.')
  await exec('dpkg-deb', ['-x', archive, dir], { cwd: dir })
  await rm(join(dir, archive))
}
