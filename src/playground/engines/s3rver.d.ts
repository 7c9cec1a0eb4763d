declare module 's3rver' {
  /** See the README of s3rver 3.7.1, which has no types of its own. */
  export default class S3rver {
    constructor(options: {
      address: string
      port: number
      directory: string
      silent: boolean
      vhostBuckets: boolean
    })
    run(): Promise<unknown>
    close(): Promise<void>
  }
}
