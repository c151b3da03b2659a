import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { LithosError } from '@lithos/core';
import { afterAll, describe, expect, it } from 'vitest';
import { FolderSink, folderFiles } from './folder-sink.ts';
import { nextOutDir, prepareOutDir } from './out-dir.ts';

const ROOT = fs.mkdtempSync(join(os.tmpdir(), 'lithos-test-'));
afterAll(() => fs.rmSync(ROOT, { recursive: true, force: true }));

/** The code and the fix of what an operation throws. */
function refusal(operation: () => void): string {
  try {
    operation();
  } catch (error) {
    if (!(error instanceof LithosError)) throw error;
    return `${error.code} ${error.message.replaceAll(ROOT, '')} | ${error.fix}`;
  }
  return 'accepted';
}

describe('FolderSink', () => {
  it('appends, replaces, removes and reads back', async () => {
    const sink = new FolderSink(ROOT);
    const reader = folderFiles(ROOT);
    const file = sink.open('a.bin');
    const bytes = Uint8Array.of(1, 2, 3);
    file.write(bytes);
    bytes.fill(9);
    file.write(bytes);
    file.close();
    expect(Array.from((await reader.readFile('a.bin')) ?? [])).toEqual([1, 2, 3, 9, 9, 9]);
    sink.replace('m.json', 'one');
    sink.replace('m.json', 'two');
    expect(new TextDecoder().decode(await reader.readFile('m.json'))).toBe('two');
    expect(fs.readdirSync(ROOT).sort()).toEqual(['a.bin', 'm.json']);
    sink.remove('m.json');
    sink.remove('m.json');
    expect(await reader.readFile('m.json')).toBeUndefined();
  });

  it('tells in words that a folder is missing', () => {
    expect(refusal(() => new FolderSink(join(ROOT, 'none')).open('x'))).toBe(
      'E_RECORD_WRITE /none/x cannot be written (ENOENT) | check the folder and its permissions, or write elsewhere with --out',
    );
  });

  // Every write to this device fails for lack of space.
  it.runIf(fs.existsSync('/dev/full'))('tells in words that the disk is full', () => {
    const link = join(ROOT, 'full');
    fs.symlinkSync('/dev/full', link);
    const file = new FolderSink(ROOT).open('full');
    expect(refusal(() => file.write(Uint8Array.of(1)))).toBe(
      'E_RECORD_DISK no space left on the disk while writing /full | free some space or write elsewhere with --out; the record so far is marked incomplete',
    );
    file.close();
    fs.rmSync(link);
  });
});

describe('output folders', () => {
  it('are made, and refused if something is in them', () => {
    const folder = join(ROOT, 'out', 'deep');
    prepareOutDir(folder, false);
    prepareOutDir(folder, false);
    fs.writeFileSync(join(folder, 'x'), '');
    expect(refusal(() => prepareOutDir(folder, false))).toBe(
      'E_OUT_EXISTS /out/deep exists and is not empty | give another folder with --out, or --force to write into this one',
    );
    expect(refusal(() => prepareOutDir(folder, true))).toBe('accepted');
    expect(fs.existsSync(join(folder, 'x'))).toBe(true);
    expect(refusal(() => prepareOutDir(join(folder, 'x'), true))).toBe(
      'E_OUT_EXISTS /out/deep/x is a file | give the name of a folder with --out',
    );
  });

  it('are numbered', () => {
    const root = join(ROOT, 'runs');
    expect(nextOutDir(root, 'quick')).toBe(join(root, 'quick-1'));
    expect(nextOutDir(root, 'quick')).toBe(join(root, 'quick-2'));
    expect(nextOutDir(root, 'quick-2')).toBe(join(root, 'quick-2-1'));
    fs.mkdirSync(join(root, 'quick-10'));
    expect(nextOutDir(root, 'quick')).toBe(join(root, 'quick-11'));
  });
});
