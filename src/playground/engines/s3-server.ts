/** `node s3-server.ts DIRECTORY PORT`: a process of its own, so that big files do not slow down who started it. */
import S3rver from 's3rver'

const [directory = '', port = ''] = process.argv.slice(2)
const server = new S3rver({
  address: '127.0.0.1',
  port: Number(port),
  directory,
  silent: true,
  vhostBuckets: false,
})
await server.run()
