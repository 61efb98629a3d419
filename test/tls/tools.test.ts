// What sslscan and testssl.sh of Debian printed of a hardened edge and of a deliberately weak server, as it was.
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import t from 'tap'
import {packageRoot} from '../../src/root.ts'
import {type ToolName, tools} from '../../src/tls/tools.ts'

const captured = (file: string) => readFileSync(join(packageRoot(), 'test/case/tls', file), 'utf8')
const read = (tool: ToolName, file: string) => tools[tool].read(captured(file))

t.test('sslscan passes a hardened edge and fails a weak server, by what it offers', async t => {
  t.match(read('sslscan', 'sslscan-strong.xml'), {version: '2.0.7', passed: true, findings: []})
  const weak = read('sslscan', 'sslscan-weak.xml')
  t.equal(weak?.passed, false)
  for (const finding of ['TLS 1.0 is offered', 'TLS 1.1 is offered']) t.ok(weak?.findings.includes(finding), finding)
})

t.test('testssl passes a hardened edge, but for what it cannot know, and fails a weak server', async t => {
  const strong = read('testssl', 'testssl-strong.txt')
  t.match(strong, {version: '3.0.8', passed: true, findings: []})
  t.ok(Array.isArray(strong?.body.lines) && strong.body.lines.length > 0, 'what it said is kept all the same')
  const weak = read('testssl', 'testssl-weak.txt')
  t.equal(weak?.passed, false)
  t.ok(weak?.findings.some(finding => /NULL|aNULL|RC4|3DES/i.test(finding)))
})

t.test('what is cut off, or an error message, is no result', async t => {
  t.equal(tools.sslscan.read(captured('sslscan-weak.xml').slice(0, 800)), undefined)
  t.equal(tools.sslscan.read('Could not open a connection to host'), undefined)
  t.equal(tools.testssl.read('version 3.0.8\n'), undefined)
  t.equal(tools.testssl.read('sh: testssl: not found'), undefined)
})
