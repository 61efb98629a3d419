// npm run bench [-- NAME …]: ratios against the fastest peer we can write; nothing fails by being slow.
import {ledger} from './ledger.ts'
import {start} from './start.ts'

const parts: Readonly<Record<string, () => Promise<unknown>>> = {start, ledger}
const wanted = process.argv.slice(2)

for (const [name, run] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n== ${name}`)
  await run()
}
