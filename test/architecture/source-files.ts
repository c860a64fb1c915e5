/**
 * The sources of Attune as parsed files, for the tests that hold their habits.
 */
import { readFileSync } from 'node:fs';
import ts from 'typescript';

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

export function parseSource(path: string, text: string): SourceFile {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true) };
}

/** Every TypeScript file under src/, in a stable order. */
export function sourceFiles(): readonly SourceFile[] {
  return ts.sys
    .readDirectory('src', ['.ts'])
    .sort()
    .map((path) => parseSource(path, readFileSync(path, 'utf8')));
}

/** Every node of a file, parents before children. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  const waiting: ts.Node[] = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    const children: ts.Node[] = [];
    ts.forEachChild(next, (child) => void children.push(child));
    waiting.push(...children.reverse());
  }
}

/** `path:line` of a node. */
export function placeOf(file: SourceFile, node: ts.Node): string {
  return `${file.path}:${file.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}
