/** The parameters of a call. Every value may come as JSON or as text: forms know only text, and the server takes both. */
export function createParams(fields: Readonly<Record<string, unknown>>) {
  const text = (name: string): string => {
    const value = fields[name]
    if (value === undefined || value === null) return ''
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
  return {
    fields,
    /** Empty when it is not given: the server makes no difference. */
    text,
    has: (name: string) => text(name) !== '',
    /** Undefined when it is not given or no number. */
    integer(name: string): number | undefined {
      const given = text(name).trim()
      return /^-?\d+$/.test(given) ? Number(given) : undefined
    },
    flag: (name: string) => ['true', '1', 'yes'].includes(text(name).trim().toLowerCase()),
    /** The parsed JSON of a field; undefined when it is not given, null when it is no JSON. */
    json(name: string): unknown {
      const value = fields[name]
      if (typeof value === 'object' || value === undefined) return value ?? undefined
      if (value === '') return undefined
      try {
        return JSON.parse(String(value))
      } catch {
        return null
      }
    },
  }
}

export type Params = ReturnType<typeof createParams>
