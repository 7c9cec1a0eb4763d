import { createHash } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { Ready } from './start-resident.ts'

const HEADER_BYTES = 5

export interface Frame {
  /** h: hello, s: started, o: output, e: errors, x: exit. See `resident.py`. */
  kind: string
  payload: Buffer
}

/** Cuts a stream of bytes into the frames of `resident.py`. */
export function createFrameReader(onFrame: (frame: Frame) => void): (chunk: Buffer) => void {
  let open: Buffer = Buffer.alloc(0)
  return (chunk) => {
    open = open.length > 0 ? Buffer.concat([open, chunk]) : chunk
    while (open.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + open.readUInt32BE(1)
      if (open.length < end) return
      const frame = { kind: String.fromCharCode(open[0] ?? 0), payload: open.subarray(HEADER_BYTES, end) }
      open = open.subarray(end)
      onFrame(frame)
    }
  }
}

/** A connection on which the resident has said hello: it is alive, and has a process for this run. */
export interface ResidentConnection {
  socket: Socket
  token: string
  /** From now on; nothing comes before it is asked for something. */
  onFrame(listener: (frame: Frame) => void): void
}

/** Null when it does not answer within this time. */
export async function openConnection(
  { address, token }: Ready,
  helloWithinMs: number,
): Promise<ResidentConnection | null> {
  const proof = createHash('sha256').update(token).digest()
  return await new Promise((resolve) => {
    const socket = connect(address)
    let listener: (frame: Frame) => void = ({ kind, payload }) => {
      if (kind !== 'h' || !payload.equals(proof)) return giveUp()
      clearTimeout(timer)
      resolve({
        socket,
        token,
        onFrame(next) {
          listener = next
        },
      })
    }
    const giveUp = () => {
      clearTimeout(timer)
      socket.destroy()
      resolve(null)
    }
    const timer = setTimeout(giveUp, helloWithinMs)
    socket.on(
      'data',
      createFrameReader((frame) => listener(frame)),
    )
    socket.on('error', giveUp)
    // Settles nothing any more when hello has been said.
    socket.on('close', giveUp)
  })
}
