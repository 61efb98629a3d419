import {readFileSync} from 'node:fs'
import {parse} from 'yaml'
import {z} from 'zod'
import {Refusal} from '../error.ts'
import type {Checked} from './model.ts'

const form = z.array(z.strictObject({check: z.string().min(1), ok: z.boolean(), note: z.string().optional()})).min(1)

/** A validation form: YAML, a list of {check, ok, note}. Throws `Refusal('input-invalid')` with every problem. */
export function readChecklist(file: string): readonly Checked[] {
  const problems: string[] = []
  try {
    const read = form.safeParse(parse(readFileSync(file, 'utf8')))
    if (read.success) return read.data
    problems.push(...read.error.issues.map(({path, message}) => `${path.join('.') || 'the file'}: ${message}`))
  } catch (error) {
    problems.push(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
  }
  throw new Refusal('input-invalid', `${file} is no checklist: ${problems.join('; ')}.`, {
    facts: {file, problems},
    remedies: ['A list in YAML: - {check: sign-in works, ok: true, note: optional}', 'cat examples/validation.yaml'],
  })
}
