import t from 'tap'
import {Refusal} from '../../src/error.ts'
import {readSites, readSize} from '../../src/lab/input.ts'
import {labOf} from '../../src/lab/state.ts'

t.test('a state file of another format, or a broken one, is refused by its path', async t => {
  const lab = {format: 1, name: 'lab', octet: 77, image: '/i', sites: [], hosts: []}
  t.strictSame(labOf('lab', JSON.stringify(lab)), lab)
  for (const text of ['', '{', 'null', '[]', '{"format": 2}'])
    t.throws(() => labOf('lab', text), {code: 'lab-not-possible', message: /selfhelp-lab\/lab\/lab\.json/}, text)
})

t.test('every site that cannot be read is named at once', async t => {
  t.strictSame(readSites([]), {})
  t.throws(
    () => readSites(['north=2', 'south', 'x=0']),
    new Refusal('input-invalid', '"south", "x=0": not a site and a count'),
  )
})

t.test('a disk too small for a host is refused', async t => {
  t.strictSame(readSize(undefined), {})
  t.strictSame(readSize('512M'), {disk: 512 * 1024 ** 2})
  t.throws(() => readSize('10M'), {code: 'input-invalid'})
})
