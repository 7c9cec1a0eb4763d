import { z } from 'zod'

/** A field that stands in the form once for each variant: one of them comes as a text, several as a list. */
const several = z.union([z.string().transform((text) => [text]), z.array(z.string())]).catch([])
const Form = z.object({
  name: z.string().catch(''),
  description: z.string().catch(''),
  subject: z.string().catch(''),
  goal: z.string().catch(''),
  plannedSize: z.coerce.number().catch(Number.NaN),
  variantName: several,
  variantShare: several,
  variantConfig: several,
})

/** What a form says, as `ExperimentInput` has it. Nothing is checked here. Empty lines at the end are no variants. */
export function experimentOfForm(body: unknown): unknown {
  const { variantName, variantShare, variantConfig, ...rest } = Form.parse(body ?? {})
  const lines = variantName.map((name, i) => [name, variantShare[i] ?? '', variantConfig[i] ?? ''] as const)
  const last = lines.findLastIndex((line) => line.some((text) => text.trim() !== ''))
  const variants = lines.slice(0, last + 1).map(([name, share, config]) => ({
    name: name.trim(),
    share: Number.parseFloat(share),
    config: configOf(config),
  }))
  return { ...rest, variants }
}

/** An empty field changes nothing; what is no JSON stays a text, which no configuration is. */
function configOf(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
