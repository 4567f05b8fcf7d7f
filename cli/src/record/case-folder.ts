import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { CaseFile } from "../cases/cases.js";
import { unwritable, writeFilesAtomic } from "../write-files.js";
import { caseFileName, caseFileNumber, caseText } from "./case-text.js";

/** A file of cases that is to be written. */
export interface NewCaseFile {
  file: CaseFile;
  /** Lines above it. */
  comments: readonly string[];
  /** Method and path of its request, for the name. */
  method: string;
  path: string;
}

/** A folder of files that a command makes, numbered on from those that are there. */
export class CaseFolder {
  #number: number;

  private constructor(
    readonly dir: string,
    last: number,
  ) {
    this.#number = last;
  }

  /** @throws MeshwasmError FILE_EXISTS or WORK_FAILED when the folder cannot be made or read */
  static async open(dir: string): Promise<CaseFolder> {
    try {
      await mkdir(dir, { recursive: true });
      const names = await readdir(dir);
      return new CaseFolder(dir, Math.max(0, ...names.map(caseFileNumber)));
    } catch (cause) {
      throw unwritable(dir, cause);
    }
  }

  /** Writes files, all of them or none. @returns their paths @throws MeshwasmError as `writeFilesAtomic` does */
  async write(files: readonly NewCaseFile[]): Promise<string[]> {
    const texts = files.map(({ file, comments, method, path }, index): [string, string] => [
      join(this.dir, caseFileName(this.#number + 1 + index, method, path)),
      caseText(file, comments),
    ]);
    await writeFilesAtomic(new Map(texts));
    this.#number += files.length;
    return texts.map(([path]) => path);
  }
}
