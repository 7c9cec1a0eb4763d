import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { buffer } from 'node:stream/consumers'
import { initWasm, Resvg } from '@resvg/resvg-wasm'

/**
 * SVG in, PNG out: a program of its own, because the renderer and its compiled code would stay in the memory of the
 * stage for good, for one picture a week. Text is drawn in DejaVu Sans, whatever fonts the machine has.
 */
const path = createRequire(import.meta.url).resolve
const read = async (name: string) => new Uint8Array(await readFile(path(name)))

if (import.meta.main) {
  const svg = await buffer(process.stdin)
  await initWasm(await read('@resvg/resvg-wasm/index_bg.wasm'))
  const fontBuffers = await Promise.all(
    ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((font) => read(`dejavu-fonts-ttf/ttf/${font}`)),
  )
  const font = { fontBuffers, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' }
  process.stdout.end(new Resvg(String(svg), { font }).render().asPng())
}
