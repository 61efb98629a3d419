import {Secret} from '../../secret/secret.ts'
import type {Operation, PgRoleWanted} from '../model.ts'
import {matches, verifier} from './scram.ts'

/** A role that may log in. Its password is compared on our side, with the verifier the server keeps. */
export const pgRole: Operation<PgRoleWanted> = {
  kind: 'pg-role',
  title: want => `pg-role ${want.name} of ${want.cluster.name}`,
  questions: want => [{ask: 'pg_role', args: placeOf(want)}],
  compare(want, [answer]) {
    const of = pgRole.title(want)
    const found = answer?.exit === 0 ? /^role (.*)$/m.exec(answer.out)?.[1] : undefined
    if (want.absent)
      return found === undefined ? [] : [{of, what: 'remove', actions: [{act: 'pg_role_gone', args: placeOf(want)}]}]
    const password = want.password?.expose()
    const samePassword = found !== undefined && (password === undefined ? found === '' : matches(password, found))
    const sameRights = /^reads$/m.test(answer?.out ?? '') === (want.reads === true)
    if (samePassword && sameRights) return []
    const input = password === undefined ? {} : {input: new Secret(verifier(password))}
    return [
      {
        of,
        what: found === undefined ? 'create' : samePassword ? 'rights' : 'password',
        actions: [{act: 'pg_role', args: [...placeOf(want), ...(want.reads ? ['reads'] : [])], ...input}],
      },
    ]
  },
}

const placeOf = ({cluster, name}: PgRoleWanted) => [`${cluster.version}`, `${cluster.port}`, name]
