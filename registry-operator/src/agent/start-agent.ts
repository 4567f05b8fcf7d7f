import { pino } from "pino";
import { storeDir as defaultStoreDir } from "../api/names.js";
import { MeshwasmError } from "../errors.js";
import { KubeClient, loadKubeConfig } from "../kube/index.js";
import { operatorVersion } from "../version.js";
import { ClientIdentity } from "./client-identity.js";
import { fetchMissing } from "./fetch-loop.js";
import { keepStore } from "./keep-loop.js";
import { KubeNodeReport } from "./node-report.js";
import { NodeStore } from "./node-store.js";
import { OperatorClient } from "./operator-client.js";
import type { AgentLog, AgentOptions } from "./options.js";
import { StoreFailures } from "./store-failures.js";
import { Wakeup } from "./wakeup.js";
import { followWanted } from "./wanted-loop.js";

/**
 * Runs an agent until the signal fires. What is in the store stays reported and in use while the operator, the registry
 * or the API server is away.
 *
 * @throws MeshwasmError Usage, KubeConfigInvalid; StoreFailed, StoreFull when the store's folder cannot be used
 */
export async function startAgent(options: AgentOptions, signal: AbortSignal): Promise<void> {
  if (!URL.canParse(options.operatorUrl) || new URL(options.operatorUrl).protocol !== "https:") {
    throw new MeshwasmError("Usage", `--operator-url ${options.operatorUrl} is no https URL`);
  }
  const { node, graceMs = 3_600_000, checkMs = 5000, verifyMs = 600_000, maxWaitMs = 30_000 } = options;
  const log = options.log ?? pino({ name: "meshwasm-agent", base: { node } });
  const store = new NodeStore(options.storeDir ?? defaultStoreDir);
  await store.folder.open();
  const report = options.report ?? kubeReport(options, log);
  const client = new OperatorClient({ url: options.operatorUrl, caFile: options.caFile });
  const identity = new ClientIdentity(client, node, options.tokenFile);
  const [toFetch, toKeep] = [new Wakeup(), new Wakeup()];
  let wanted: ReadonlySet<string> | undefined;
  const failures = new StoreFailures();
  log.info({ store: store.folder.path, operator: options.operatorUrl }, "the agent runs");
  try {
    await Promise.all([
      followWanted(
        {
          ...{ client, identity, node, maxWaitMs },
          onList: ({ version, digests }) => {
            wanted = new Set(digests);
            log.info({ version, modules: digests.length }, "a new list of modules");
            toFetch.ring();
            toKeep.ring();
          },
          onFailure: (error) => log.warn(inWords(error), "the operator was not reached"),
        },
        signal,
      ),
      fetchMissing(
        {
          ...{ client, identity, store, maxWaitMs, wakeup: toFetch, wanted: () => wanted ?? new Set() },
          onStored: (digest, bytes) => {
            log.info({ digest, bytes }, "a module was stored");
            failures.forget(digest);
            toKeep.ring();
          },
          onFailure: (error, digest) => {
            const words = inWords(error);
            log.warn({ digest, ...words }, "a module was not fetched");
            if (!isForPeople(error)) return;
            void report.warn(words.code, words.message);
            if (failures.note({ digest, reason: words.code, message: words.message })) toKeep.ring();
          },
        },
        signal,
      ),
      keepStore(
        {
          ...{ store, report, graceMs, checkMs, verifyMs, maxWaitMs, wakeup: toKeep, wanted: () => wanted },
          failures: () => failures.of((digest) => wanted?.has(digest) === true && !store.has(digest)),
          onLost: (damaged) => {
            for (const digest of damaged) {
              log.error({ digest }, "a module's file was damaged; it is fetched again");
              void report.warn(
                "ModuleDamaged",
                `the file of module ${digest} was damaged; it is fetched again`,
              );
            }
            toFetch.ring();
          },
          onDeleted: (digest) => log.info({ digest }, "a module that nobody wants was deleted"),
          onFailure: (error) => log.warn(inWords(error), "the store or the report failed"),
        },
        signal,
      ),
    ]);
  } finally {
    client.close();
  }
}

function kubeReport({ node, kubeconfig }: AgentOptions, log: AgentLog): KubeNodeReport {
  const client = new KubeClient(loadKubeConfig(kubeconfig));
  return new KubeNodeReport(client, node, operatorVersion(), (error) =>
    log.debug(inWords(error), "an event was not written"),
  );
}

// An operator that is away comes back by itself; these need somebody to look.
function isForPeople(error: unknown): boolean {
  const codes: string[] = ["StoreFull", "StoreFailed", "DigestMismatch", "ModuleTooLarge"];
  return error instanceof MeshwasmError && codes.includes(error.code);
}

function inWords(error: unknown): { code: string; message: string } {
  const { code = "Unknown", message = String(error) } = error as { code?: string; message?: string };
  return { code, message };
}
