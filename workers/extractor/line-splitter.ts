import { StringDecoder } from 'node:string_decoder'

/** No line of ours is longer; the rest of one that is longer is dropped. */
const MAX_LINE = 64 * 1024

/** Cuts a stream of bytes into lines, in bounded memory. */
export function createLineSplitter(onLine: (line: string) => void): (chunk: Buffer) => void {
  const decoder = new StringDecoder('utf8')
  let open = ''
  return (chunk) => {
    const lines = (open + decoder.write(chunk)).split('\n')
    open = (lines.pop() ?? '').slice(0, MAX_LINE)
    for (const line of lines) onLine(line)
  }
}
