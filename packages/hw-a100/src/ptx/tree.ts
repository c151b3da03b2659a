import type { Position, Token } from './tokens.ts';

/**
 * The syntax tree of a PTX module. It keeps every token of the source but comments, so a printed
 * tree has the source's tokens. What atoms need to understand (functions, parameters, statements,
 * operands) has structure; declarations and debugging sections are token lists.
 */
export interface Module {
  readonly items: readonly Item[];
}

export type Item = Directive | PtxFunction;

/** Anything that is neither code nor a function: `.version 9.0`, `.global .b32 x = 1;`, `.loc 1 2 3`. */
export interface Directive extends Position {
  readonly kind: 'directive';
  readonly tokens: readonly Token[];
}

/** An `.entry` (a kernel) or `.func`, declared (`body` undefined) or defined. */
export interface PtxFunction extends Position {
  readonly kind: 'function';
  readonly entry: boolean;
  /** What stands before `.entry` or `.func`: `.visible`, `.weak`, `.extern`, attributes. */
  readonly linkage: readonly Token[];
  /** Undefined where there are no parentheses at all. */
  readonly returns: readonly Parameter[] | undefined;
  readonly name: string;
  readonly parameters: readonly Parameter[] | undefined;
  /** `.maxntid 256`, `.reqnctapercluster 2, 1, 1`, `.noreturn`…: one list of tokens each. */
  readonly performance: readonly (readonly Token[])[];
  readonly body: Block | undefined;
}

/** `.param .align 8 .b8 name[16]`. */
export interface Parameter {
  readonly name: string;
  readonly tokens: readonly Token[];
}

export type Statement = Block | Label | Directive | Instruction;

export interface Block extends Position {
  readonly kind: 'block';
  readonly statements: readonly Statement[];
}

export interface Label extends Position {
  readonly kind: 'label';
  readonly name: string;
}

export interface Instruction extends Position {
  readonly kind: 'instruction';
  readonly guard: Guard | undefined;
  /** `ld`, `call`, `bra`… */
  readonly opcode: string;
  /** `.global`, `.v4`, `.f32`… in order. */
  readonly modifiers: readonly string[];
  readonly operands: readonly Operand[];
}

/** `@%p1` or `@!%p1`. */
export interface Guard {
  readonly negated: boolean;
  readonly register: string;
}

export type Operand =
  /** A register, special register or symbol: `%r1`, `%ctaid.x` (member `.x`), `foo`. */
  | { readonly kind: 'name'; readonly name: string; readonly member: string | undefined }
  | { readonly kind: 'literal'; readonly text: string }
  /** `[%rd1+4]`, `[map, {%r1, %r2}]`. */
  | { readonly kind: 'address'; readonly items: readonly Operand[] }
  /** `{%r1, %r2}`. */
  | { readonly kind: 'vector'; readonly items: readonly Operand[] }
  /** `(param0, param1)`. */
  | { readonly kind: 'list'; readonly items: readonly Operand[] }
  | { readonly kind: 'prefix'; readonly operator: string; readonly operand: Operand }
  /** `a+4`, `%p1|%p2`; chains lean left, whatever the operators' precedence. */
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Operand;
      readonly right: Operand;
    };
