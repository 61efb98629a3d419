import {join} from 'node:path'

/** Where this control plane keeps its own things: `SELFHELP_HOME`, else by who runs it. */
export function homeOf(env: NodeJS.ProcessEnv, uid: number): string {
  if (env.SELFHELP_HOME) return env.SELFHELP_HOME
  if (uid === 0) return '/var/lib/selfhelp'
  return join(env.XDG_DATA_HOME || join(env.HOME ?? '/', '.local/share'), 'selfhelp')
}
