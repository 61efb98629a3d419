import t from 'tap'
import {finding, sentenceIn, sentences} from '../../src/tls/finding.ts'

const about = {rule: 'R033', source: 'R033', remedy: 'selfhelp host apply --all'}

t.test('each finding is said in both languages, with the same values in it', async t => {
  for (const [what, {en, fr}] of Object.entries(sentences)) {
    const words = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, word]) => word).toSorted()
    t.same(words(en), words(fr), what)
    t.not(en, fr, what)
    const values = Object.fromEntries(words(en).map(word => [word ?? '', 'VALUE']))
    const made = finding(what as keyof typeof sentences, about, values)
    t.notMatch(sentenceIn('fr', made), /[{}]/)
    t.equal(sentenceIn('en', made), made.sentence)
  }
})

t.test('an anonymous cipher is anonymous in French too; what an older version kept keeps its sentence', async t => {
  const values = {suite: 'TLS_DH_anon_WITH_RC4_128_MD5', versions: 'TLSv1.0', kind: 'anonymous'}
  const made = finding('suite-forbidden', about, values)
  t.equal(sentenceIn('fr', made), 'TLS_DH_anon_WITH_RC4_128_MD5 est proposée (TLSv1.0) : anonyme.')
  t.equal(sentenceIn('fr', {...about, sentence: 'TLSv1.0 is offered.'}), 'TLSv1.0 is offered.')
})
