import {chmodSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t from 'tap'
import {labDown} from '../../src/lab/down.ts'
import {labUp} from '../../src/lab/up.ts'
import {levels} from '../support/crash-levels.ts'
import {stageVariable} from '../support/host-lab.ts'
import {diesAtEveryStep} from '../support/kill.ts'
import {silent, testLab, whyNoLab} from '../support/lab.ts'
import {chosen, longest, seed} from '../support/seed.ts'

t.setTimeout(longest)
const why = await whyNoLab()

t.test('real hosts, their runs killed in every step', {skip: why ?? false, timeout: longest}, async t => {
  const lab = testLab('-kill')
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-stage-'))
  chmodSync(folder, 0o700)
  process.env[stageVariable] = JSON.stringify({lab, folder})
  t.comment(`SELFHELP_SEED=${seed}`)
  t.teardown(async () => {
    await labDown(lab, [], silent)
    rmSync(folder, {recursive: true, force: true})
  })
  await labUp({name: lab, sites: [{name: 'north', count: 2}]}, silent)
  for (const {runbook, onLab} of levels) if (onLab) await t.test(runbook, t => diesAtEveryStep(t, onLab, chosen))
})
