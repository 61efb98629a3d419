import {setTimeout} from 'node:timers/promises'
import type {Sql} from './database.ts'
import {schemaLevel} from './migrate.ts'
import type {Release} from './release.ts'
import type {StateSource} from './state.ts'
import type {App} from './web/listener.ts'
import {type Answer, json} from './web/message.ts'

export interface Health {
  readonly release: Release
  readonly state: StateSource
  readonly sql: Sql
  readonly draining: () => boolean
}

const answerMs = 2000

interface Reason {
  readonly code: 'database-unreachable' | 'schema-level' | 'state-file' | 'draining'
  readonly [fact: string]: unknown
}

/** /healthz, /readyz and /version, before anything else an application answers: they work in every mode. */
export function withHealth(health: Health, app: App): App {
  let asking: Promise<Answer> | undefined
  // Asked at once by many, the database is asked once.
  const ready = () => {
    asking ??= readiness(health).finally(() => {
      asking = undefined
    })
    return asking
  }
  return async asked => {
    const reading = asked.method === 'GET' || asked.method === 'HEAD'
    if (reading && asked.path === '/healthz') return {...json({ok: true}), route: 'health'}
    if (reading && asked.path === '/readyz') return {...(await ready()), route: 'health'}
    if (reading && asked.path === '/version') {
      return {...json({version: health.release.version, schemaLevel: health.release.schemaLevel}), route: 'health'}
    }
    return await app(asked)
  }
}

async function readiness({release, state, sql, draining}: Health): Promise<Answer> {
  const reasons: Reason[] = []
  const warnings: Reason[] = []
  if (draining()) reasons.push({code: 'draining'})
  // With an older state still known, a broken file is no reason to leave; with none, nobody may be let in.
  if (state.problem !== undefined) (state.known ? warnings : reasons).push({code: 'state-file', problem: state.problem})
  try {
    const found = await soon(schemaLevel(sql))
    if (found !== release.schemaLevel) reasons.push({code: 'schema-level', found, expected: release.schemaLevel})
  } catch {
    reasons.push({code: 'database-unreachable'})
  }
  const {mode, until, neutralised, copy} = state.now()
  const ready = reasons.length === 0
  return json({ready, reasons, warnings, mode, until, neutralised, copy, version: release.version}, ready ? 200 : 503)
}

// Whoever asks has to decide now: a database that takes its time is as good as none.
async function soon<T>(asked: Promise<T>): Promise<T> {
  const late = new AbortController()
  const timeout = setTimeout(answerMs, undefined, {signal: late.signal}).then(() => {
    throw new Error('no answer in time')
  })
  try {
    return await Promise.race([asked, timeout])
  } finally {
    late.abort()
    timeout.catch(() => undefined)
    asked.catch(() => undefined)
  }
}
