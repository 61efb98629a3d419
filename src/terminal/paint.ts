import {Chalk} from 'chalk'
import type {Out} from './streams.ts'

/** What a text means to the reader; the colour follows from it. */
export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'dim' | 'strong'

const colours = new Chalk({level: 1})

/** Colours a text where the stream shows colours, else leaves it alone. */
export function paint(out: Pick<Out, 'colour'>, tone: Tone, text: string): string {
  if (!out.colour || tone === 'plain') return text
  if (tone === 'good') return colours.green(text)
  if (tone === 'bad') return colours.red(text)
  if (tone === 'warn') return colours.yellow(text)
  return tone === 'dim' ? colours.dim(text) : colours.bold(text)
}
