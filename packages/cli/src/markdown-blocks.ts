import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './testing.ts';

const BLOCK = /<!-- test(?:: ([a-z-]+))? -->\n+```([a-z]+)\n([\s\S]*?)```/g;

/** A fenced block of a Markdown file that a test executes. */
export interface Block {
  readonly name: string;
  readonly language: string;
  readonly text: string;
}

/** The blocks of a file that stand after `<!-- test -->` or `<!-- test: NAME -->`. */
export function testedBlocks(file: string): readonly Block[] {
  const markdown = readFileSync(join(REPOSITORY, file), 'utf8');
  return [...markdown.matchAll(BLOCK)].map(([, name = '', language = '', text = '']) => ({
    name,
    language,
    text,
  }));
}
