import t from 'tap'
import {limits, limitsPage} from '../../src/host/limit.ts'
import {sameAsFile} from '../support/golden.ts'

t.test('docs/limits.md says what edges do, and what counts for whom', async t => {
  sameAsFile(t, 'docs/limits.md', limitsPage())
  t.same(
    new Set(Object.values(limits).map(({per}) => per)),
    new Set(['source', 'tenant', 'request', 'connection', 'edge']),
  )
})
