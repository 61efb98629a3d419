#!/usr/bin/env node
// Checks a journal that `selfhelp journal export` wrote, without selfhelp: any Node.js from 16 on, nothing installed.
//   node verify-journal.mjs acme.journal.jsonl [journal.pub.pem]
// Give the public key you were handed by other means, else the one in the file is believed; its fingerprint is printed.
import {createHash, createPublicKey, verify} from 'node:crypto'
import {createReadStream, readFileSync} from 'node:fs'
import {createInterface} from 'node:readline'

const canonical = value =>
  Array.isArray(value)
    ? `[${value.map(canonical).join(',')}]`
    : value !== null && typeof value === 'object'
      ? `{${Object.keys(value)
          .sort()
          .map(key => `${JSON.stringify(key)}:${canonical(value[key])}`)
          .join(',')}}`
      : JSON.stringify(value)

const fail = why => {
  process.stdout.write(`BROKEN: ${why}\n`)
  process.exit(5)
}

const [file, keyFile] = process.argv.slice(2)
let [first, end, entries, before] = [undefined, undefined, 0, '0'.repeat(64)]
for await (const line of createInterface({input: createReadStream(file)})) {
  const value = JSON.parse(line)
  if (!first) {
    first = value
    if (first.format !== 'selfhelp-journal-1') fail('this is no exported journal')
    continue
  }
  if (end) fail('something was added after the end')
  if (value.head) {
    end = value
    continue
  }
  const {hash, ...entry} = value
  if (entry.tenant !== first.tenant) fail(`entry ${entry.sequence} belongs to another tenant`)
  if (createHash('sha256').update(canonical(entry)).digest('hex') !== hash) fail(`entry ${entry.sequence} was altered`)
  if (entry.previousOfTenant !== before) fail(`an entry before ${entry.sequence} is missing or was replaced`)
  before = hash
  entries++
}
if (!end) fail('the end is missing')
const {head, signature} = end
if (head.tenant !== first.tenant || head.entries !== entries || head.hash !== before)
  fail('entries are missing at the end')
const key = createPublicKey(keyFile ? readFileSync(keyFile) : first.publicKey)
if (!verify(null, Buffer.from(canonical(head)), key, Buffer.from(signature, 'base64')))
  fail('the signature is not by this key')
const fingerprint = createHash('sha256')
  .update(key.export({type: 'spki', format: 'der'}))
  .digest('hex')
process.stdout.write(`WHOLE: ${entries} entries of ${first.tenant}, signed at ${head.at} by the key ${fingerprint}\n`)
