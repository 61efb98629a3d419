import {chmodSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t from 'tap'
import {labDown} from '../../src/lab/down.ts'
import {labUp} from '../../src/lab/up.ts'
import type {Death} from '../support/crash.ts'
import {stageVariable} from '../support/host-lab.ts'
import {diesAtEveryStep} from '../support/kill.ts'
import {silent, testLab, whyNoLab} from '../support/lab.ts'

t.setTimeout(900_000)
const why = await whyNoLab()
const seed = Number(process.env.SELFHELP_TEST_SEED ?? Date.now() % 100_000)

/** One death for each step, the point by the seed. */
function once(all: Death[]): Death[] {
  const byStep = Object.groupBy(all, ({position}) => position)
  return Object.values(byStep).flatMap((deaths = [], at) => deaths[(seed >> at) % deaths.length] ?? [])
}

t.test('real hosts, their runs killed once at every step', {skip: why ?? false, timeout: 900_000}, async t => {
  const lab = testLab('-kill')
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-stage-'))
  chmodSync(folder, 0o700)
  process.env[stageVariable] = JSON.stringify({lab, folder})
  t.comment(`SELFHELP_TEST_SEED=${seed}`)
  t.teardown(async () => {
    await labDown(lab, [], silent)
    rmSync(folder, {recursive: true, force: true})
  })
  await labUp({name: lab, sites: [{name: 'north', count: 2}]}, silent)
  for (const what of ['adoption', 'provisioning'])
    await t.test(what, t => diesAtEveryStep(t, new URL(`../support/host-lab-${what}.ts`, import.meta.url).href, once))
})
