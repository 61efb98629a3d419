import t from 'tap'
import {Bug, codes, Failure, Refusal} from '../src/error.ts'

t.test('every code says what it means in one sentence', async t => {
  for (const [code, row] of Object.entries(codes)) t.match(row.means, /^[A-Z].*\.$/, code)
})

t.test('an error takes its exit from the table', async t => {
  t.equal(new Refusal('not-found', 'no tenant acme').exit, 3)
  t.equal(new Refusal('input-invalid', 'not YAML').exit, 2)
  t.equal(new Failure('host-unreachable', 'no answer').exit, 4)
  t.equal(new Bug('impossible').exit, 1)
})
