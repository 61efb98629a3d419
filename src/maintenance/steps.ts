export {announce} from './plan.ts'
