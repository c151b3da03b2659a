/** What can be said of PTX as text, without a GPU or its driver: `@lithos/hw-a100/ptx`. */
export { describePtx } from './describe.ts';
