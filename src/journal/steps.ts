export {readHeads} from './head.ts'
