export {contractIn} from './check.ts'
