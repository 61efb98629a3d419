import type {CommandWanted, Wanted} from '../machine/model.ts'
import {type Environment, fullName} from './model.ts'
import {at} from './place.ts'
import {reading} from './reader.ts'

/** Its schema stands at the level of the release; asked of the database, done by a unit under the services' own rules. */
export function schema(environment: Environment, level: number): readonly Wanted[] {
  const reached = `do $$ begin if (select coalesce(max(level), 0) from operation.schema_level) < ${level} then raise 'level'; end if; end $$`
  const command: CommandWanted = {
    kind: 'command',
    name: `schema of ${fullName(environment)} at level ${level}`,
    // One that failed before stays loaded as it was: it would be started with the release of then.
    argv: [
      'sh',
      '-c',
      'systemctl daemon-reload && exec systemctl start "$1"',
      'migrate',
      at.unit(environment.id, 'migrate'),
    ],
    unless: psql(environment, reached),
  }
  return [command]
}

function psql({ports}: Environment, sql: string): readonly string[] {
  return ['runuser', '-u', 'postgres', '--', ...reading({port: ports.database}), '-c', sql]
}
