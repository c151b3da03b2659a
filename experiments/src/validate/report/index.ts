export { colocationPart, kernelsPart, microPart, type Part, powerPart } from './parts.ts';
