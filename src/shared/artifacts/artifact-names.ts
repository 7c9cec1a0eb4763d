const SEGMENT = /^[A-Za-z0-9_-]{1,200}$/
/** No dot in front: neither `..` nor a hidden file. */
const FILE_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/

/** A production or a run, as the name of a folder. Throws a RangeError; the bad name is not repeated in it. */
export function segment(text: string): string {
  if (!SEGMENT.test(text)) throw new RangeError('not the name of a production or run')
  return text
}

/** The name of a file. Throws a RangeError. */
export function fileName(text: string): string {
  if (!FILE_NAME.test(text)) throw new RangeError('not the name of an artifact')
  return text
}

/** The productions that made these artifacts. Throws a RangeError for a text that is no reference. */
export function productionsOf(refs: readonly (string | null)[]): string[] {
  return [...new Set(refs.flatMap((ref) => (ref === null ? [] : [parseRef(ref).production])))]
}

/** Takes a reference apart. Throws a RangeError for a text that is none. */
export function parseRef(ref: string): { production: string; name: string } {
  const [production = '', name = '', ...rest] = ref.split('/')
  if (rest.length > 0) throw new RangeError('not a reference of an artifact')
  return { production: segment(production), name: fileName(name) }
}
