import {existsSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {Eta} from 'eta'
import {Bug} from '../error.ts'
import type {Templates} from './templates.ts'

/**
 * The text a machine or a person gets: the template of that path with its facts put in, nothing computed or escaped.
 * Throws `Bug` naming template and field when a fact is missing.
 */
export function render<P extends keyof Templates>(path: P, facts: Templates[P]): string {
  for (const [name, fact] of Object.entries(facts))
    if (fact === undefined) throw new Bug(`The template ${path} lacks its fact ${name}.`)
  // Eta's default autoTrim eats the line end after a tag and joins two settings into one line.
  const eta = new Eta({autoEscape: false, autoTrim: false, useWith: true})
  try {
    return eta.renderString(readFileSync(templatePath(path), 'utf8'), facts)
  } catch (cause) {
    throw new Bug(`The template ${path} cannot be rendered: ${cause instanceof Error ? cause.message : cause}`, {cause})
  }
}

/** The text of a program that hosts or probe points run as it stands: templates/program/<name>. */
export function program(name: string): string {
  return readFileSync(templatePath(`program/${name}`), 'utf8')
}

/** Where that template lies, whatever the current directory is and whether this runs bundled or as source. */
export function templatePath(path: string): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'templates'))) {
    if (folder === dirname(folder)) throw new Bug('The folder templates/ is not beside the program.')
    folder = dirname(folder)
  }
  return join(folder, 'templates', path)
}
