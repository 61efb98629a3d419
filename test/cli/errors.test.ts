import t from 'tap'
import {type Code, codes, exits} from '../../src/error.ts'
import {sameAsFile} from '../support/golden.ts'

const meanings: Readonly<Record<keyof typeof exits, string>> = {
  done: 'done',
  bug: 'a fault of selfhelp itself',
  usage: 'what was typed, or a file, cannot be read',
  refused: 'a rule says no, or a run was undone; nothing is left half done',
  failed: 'something outside did not answer; typed again it can work, a run can be resumed',
  partial: 'drift was found, or a part of many failed',
  stopped: 'a run stopped past its point of no return, or an undo failed: read its page in docs/runbooks',
  interrupted: 'stopped by a signal; what had begun is resumable',
}

function page(): string {
  const row = (...cells: (string | number)[]) => `| ${cells.join(' | ')} |`
  const rows = (Object.keys(codes) as Code[]).map(code => {
    const {kind, exit, means} = codes[code]
    return row(`\`${code}\``, kind, exit, means)
  })
  const exitRows = Object.entries(exits).map(([name, exit]) => row(exit, meanings[name as keyof typeof exits]))
  return [
    '# Errors and exit codes',
    '',
    'Written by `npm run golden` from `src/error.ts`. `selfhelp explain CODE` says the same.',
    '',
    'With `--json` a failure is `{"error": {kind, code, message, facts, remedies, runId}}` on stdout, with the same exit.',
    '',
    row('exit', 'means'),
    row('---', '---'),
    ...exitRows,
    '',
    row('code', 'kind', 'exit', 'means'),
    row('---', '---', '---', '---'),
    ...rows,
    '',
  ].join('\n')
}

t.test('docs/errors.md says what the table says', async t => sameAsFile(t, 'docs/errors.md', page()))

t.test('the table is in alphabetical order, and every meaning is one sentence', async t => {
  const names = Object.keys(codes)
  t.same(names, names.toSorted())
  for (const [name, {means}] of Object.entries(codes)) t.match(means, /^[A-Z].*\.$/, name)
})
