import {Bug} from '../error.ts'
import type {Runbook} from './model.ts'

/** Every runbook by its id, so that any process can go on with a run; the list is made where the collaborators are. */
export type Registry = (id: string) => Promise<Runbook>

/** A registry of these; an unknown id is a Bug. */
export function registryOf(runbooks: Iterable<Runbook>): Registry {
  const byId = new Map([...runbooks].map(one => [one.id, one]))
  return async id => {
    const found = byId.get(id)
    if (!found) throw new Bug(`there is no runbook ${id}`)
    return found
  }
}
