import type { PolicyDefinition } from '../../policy.ts';
import { mps } from '../mps.ts';
import { passThrough } from '../pass-through.ts';
export const lithos: PolicyDefinition = { ...mps, name: 'lithos', create: passThrough };
