export {contractIn} from './check.ts'
export {type Difference, differences} from './difference.ts'
