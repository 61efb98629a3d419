import type {Platform} from '../environment/steps.ts'
import type {MigrationRow} from './model.ts'
import type {Books} from './plan.ts'
import {migrationProduction} from './production.ts'
import {migrationQualification} from './qualification.ts'

/** The steps of both runbooks as a plan prints them. */
export function booksOf(platform: Platform): Books {
  const about = ({id, tenant, version}: MigrationRow) => {
    return {migration: id, tenant, id: '', host: '', from: '', to: version}
  }
  return {
    qualification: row => {
      const input = {
        ...about(row),
        name: 'qualification',
        before: '',
        build: '',
        masking: [],
        production: {id: '', host: ''},
      } as const
      return migrationQualification(platform).steps(input)
    },
    production: row => {
      const input = {...about(row), name: 'production', operation: '', until: '2000-01-01T00:00:00Z'} as const
      return migrationProduction(platform).steps(input)
    },
  }
}
