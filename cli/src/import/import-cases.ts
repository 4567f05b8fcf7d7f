import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { MeshwasmError } from "../errors.js";
import { CaseFolder, type NewCaseFile } from "../record/case-folder.js";
import { fitCase } from "../record/fit-case.js";
import { type Masked, maskRecorded } from "../record/mask.js";
import { maskedNames } from "../record/masked-names.js";
import { messagesOf, type RecordedExchange, recordedBodyLimit } from "../record/recorded.js";
import { inputOf } from "../record/to-case.js";
import { loadPluginConfig } from "../run/plugin-config.js";
import { loadTarget } from "../run/target.js";
import { readHar } from "./har.js";
import type { Imported } from "./imported.js";
import { readJsonDocuments } from "./json-documents.js";
import { isObject } from "./read-value.js";
import { readTapExchanges } from "./tap-exchanges.js";
import { type ImportFilter, throughFilter } from "./through-filter.js";

/** The largest file that is read, in bytes. */
const fileLimit = 128 * 1024 * 1024;

/** How many exchanges one run imports. */
const exchangeLimit = 10_000;

/** What `meshwasm import` was asked for. */
export interface ImportOptions {
  /** Where the cases go. */
  output: string;
  /** Names that are masked beside `maskedByDefault`. */
  mask?: readonly string[];
  /** A filter's folder, or a module: what it makes of each exchange is expected. Absent: the response's status is. */
  filter?: string;
  /** File of that filter's configuration; absent: see `loadPluginConfig`. */
  config?: string;
  /** What goes wrong without ending the work. */
  onWarning: (line: string) => void;
}

/** What `meshwasm import --json` prints. */
export interface ImportDocument {
  /** Absolute paths. */
  files: string[];
  skipped: { place: string; exchange: string; reason: string }[];
}

/**
 * Makes cases of exchanges that another tool recorded.
 *
 * @param paths HAR files, and output of Envoy's tap filter as JSON
 * @throws MeshwasmError FILE_NOT_FOUND; FILTER_INVALID that names line and column; WORK_FAILED when nothing is left to
 *   import; and those of `loadTarget`, `loadPluginConfig` and `CaseFolder`
 */
export async function importCases(paths: readonly string[], options: ImportOptions): Promise<ImportDocument> {
  const found = (await Promise.all(paths.map(readImported))).flat();
  const filter = options.filter === undefined ? undefined : await loadFilter(options.filter, options);
  const names = maskedNames(options.mask);
  const files: NewCaseFile[] = [];
  const skipped: ImportDocument["skipped"] = [];
  for (const imported of found) {
    const made = caseOf(imported, filter, names);
    if (typeof made === "string") {
      const place = imported.place();
      options.onWarning(`not imported: ${place}: ${imported.what}: ${made}`);
      skipped.push({ place, exchange: imported.what, reason: made });
    } else if (files.length < exchangeLimit) files.push(made);
    else throw new MeshwasmError("USAGE", `${paths.join(", ")}: more than ${exchangeLimit} exchanges`);
  }
  if (files.length === 0) {
    throw new MeshwasmError("WORK_FAILED", `no exchange of ${paths.join(", ")} can become a case`, {
      details: { files: [], skipped },
    });
  }
  const folder = await CaseFolder.open(resolve(options.output));
  return { files: await folder.write(files), skipped };
}

interface ImportedFrom extends Imported {
  /** Name of the file, without its folder. */
  file: string;
}

async function readImported(path: string): Promise<ImportedFrom[]> {
  const text = await readFile(await checkedFile(path), "utf8");
  const documents = readJsonDocuments(text, path);
  const [first] = documents;
  const isHar = first && isObject(first.value) && isObject(first.value.log);
  const found = isHar ? readHar(first) : readTapExchanges(documents);
  return found.map((each) => ({ ...each, file: basename(path) }));
}

async function checkedFile(path: string): Promise<string> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new MeshwasmError("FILE_NOT_FOUND", `cannot read ${path}: ${cause.code}`, { cause });
  });
  if (!found.isFile()) throw new MeshwasmError("FILE_NOT_FOUND", `${path} is not a file`);
  if (found.size > fileLimit)
    throw new MeshwasmError("FILTER_INVALID", `${path} has more than ${fileLimit / 1024 / 1024} MiB`);
  return path;
}

async function loadFilter(path: string, { config, onWarning }: ImportOptions): Promise<ImportFilter> {
  const target = await loadTarget(path, {}, onWarning);
  const { bytes } = await loadPluginConfig(config, target.filter);
  return { wasm: target.bytes, config: bytes, rootId: target.rootId, name: target.pluginName };
}

/** A text: why there is none. */
function caseOf(
  { request, response, skipped, file, number }: ImportedFrom,
  filter: ImportFilter | undefined,
  names: ReadonlySet<string>,
): NewCaseFile | string {
  if (!request || !response) return skipped ?? "it is not whole";
  const given: RecordedExchange = {
    ...{ request, upstream: response, local: false, callouts: [] },
    ...{ began: 0, millis: 0 },
  };
  if (
    messagesOf(given).some(
      ({ body }) => body.reduce((sum, { length }) => sum + length, 0) > recordedBodyLimit,
    )
  )
    return `a body has more than ${recordedBodyLimit / 1024} KiB`;
  let masked: Masked<RecordedExchange>;
  try {
    masked = maskRecorded(given, String(filter?.config ?? ""), names);
  } catch (error) {
    return (error as Error).message;
  }
  const { recorded: exchange, config } = masked;
  const { method, path } = exchange.request;
  const name = `${method} ${path}`;
  const comment = `Imported by meshwasm import from ${file}, exchange ${number}; * stands for what was masked.`;
  if (!filter) {
    const expect = { response: { status: response.status } };
    return { method, path, comments: [comment], file: { cases: [{ name, ...inputOf(exchange), expect }] } };
  }
  const module = { wasm: filter.wasm, rootId: filter.rootId, name: filter.name };
  let seen: RecordedExchange;
  try {
    seen = throughFilter({ ...filter, config }, exchange);
  } catch (error) {
    return (error as Error).message.split("\n")[0] ?? "";
  }
  const fitted = fitCase(module, seen, { name, config, before: [] });
  if ("refused" in fitted) return `it ends otherwise when it is replayed (${fitted.refused.split("\n")[0]})`;
  const left = fitted.left.map((key) => `Not the same when replayed, and so not expected: ${key}.`);
  return { method, path, comments: [comment, ...left], file: fitted.file };
}
