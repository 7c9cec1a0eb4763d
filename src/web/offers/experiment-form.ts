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

/** What a form says, as `ExperimentInput` has it. Nothing is checked here. A variant without a name is none. */
export function experimentOfForm(body: unknown): unknown {
  const { variantName, variantShare, variantConfig, ...rest } = Form.parse(body ?? {})
  const variants = variantName.flatMap((name, i) =>
    name.trim() === ''
      ? []
      : [
          {
            name: name.trim(),
            share: Number.parseFloat(variantShare[i] ?? ''),
            config: configOf(variantConfig[i] ?? ''),
          },
        ],
  )
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
