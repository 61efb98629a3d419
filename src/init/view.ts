import type {View} from '../terminal/view.ts'
import type {Initialised} from './init.ts'

/** What a person reads after `init`. */
export function initialised(result: Initialised): View {
  const fields = {
    home: result.home,
    'base domain': result.baseDomain,
    operator: result.operator,
    'operator key': result.operatorKeyFile,
    'machine operator': result.machineOperator,
    'root certificate': result.caFile,
    'SSH key for hosts': result.sshKeyFile,
    'key-encryption key': result.keyFile,
    'recovery keys':
      result.recoveryKeys < 2
        ? {text: `${result.recoveryKeys}; give two: --recovery-key FILE`, tone: 'warn' as const}
        : 2,
  }
  return [
    result.changed ? 'The control plane is ready.' : 'The control plane was ready; nothing was changed.',
    {fields},
  ]
}
