import type { Response } from 'express'
import { z } from 'zod'

/** `viewer` sees everything and changes nothing. The names are those that people log in by. */
export const Role = z.enum(['admin', 'viewer'])
export type Role = z.infer<typeof Role>

/** Of who has asked; `require-session.ts` has noted it. Whoever nobody has noted may only look. */
export const roleOf = (response: Response): Role => Role.catch('viewer').parse(response.locals.role)

export const mayChange = (response: Response): boolean => roleOf(response) === 'admin'
