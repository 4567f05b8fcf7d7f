import { setTimeout as sleep } from "node:timers/promises";
import { type LoadResult, together } from "../mesh/load.js";
import type { Operated } from "../mesh/operated.js";
import type { Scene } from "../mesh/scene.js";
import { until } from "../mesh/until.js";
import { Random } from "../sdk/random.js";

/** What happened in {@link killAtRandom}. */
export interface KillReport extends LoadResult {
  /** Of each round: seconds from the change until every pod runs it. */
  seconds: number[];
  kills: { operator: number; agent: number };
}

/** How it goes on. */
export interface KillOptions {
  rounds: number;
  /** The same seed kills the same parts after the same times. */
  seed: number;
  onRound: (text: string) => void;
}

/**
 * Kills the operator and agents at random moments of upgrades, under a load on all pods of the scene.
 *
 * @throws when a round does not converge within 2 minutes
 */
export async function killAtRandom(
  { mesh, operator, v1, v2 }: Operated,
  scene: Scene,
  { rounds, seed, onRound }: KillOptions,
): Promise<KillReport> {
  const random = new Random(seed);
  await scene.enable(v1);
  await scene.filterReady();
  const pods = await scene.web.ready();
  const load = together(pods.map((pod) => mesh.load(pod, { pause: 5 })));
  const seconds: number[] = [];
  const kills = { operator: 0, agent: 0 };
  for (let round = 0; round < rounds; round++) {
    const [image, prefix] = random.once(2) ? [v1, "one"] : [v2, "two"];
    const started = performance.now();
    await scene.enable(image, { config: { greeting: String(round) } });
    await sleep(random.below(1_500));
    const victims = random.of([[undefined], [undefined], [mesh.nodes[0]], [undefined, ...mesh.nodes]]);
    for (const victim of victims) {
      await operator.kill(victim);
      kills[victim ? "agent" : "operator"]++;
    }
    await sleep(random.below(500));
    for (const victim of victims) await operator.start(victim);
    const expected = `${prefix} ${round}`;
    await until(
      `round ${round} of seed ${seed}: every pod says ${expected}`,
      async () => {
        const said = await Promise.all(pods.map((pod) => scene.greeting(pod)));
        if (said.every((each) => each === expected)) return true;
        throw new Error(said.join());
      },
      120,
    );
    seconds.push((performance.now() - started) / 1000);
    const names = victims.map((victim) => (victim ? `the agent of ${victim.name}` : "the operator"));
    onRound(`${round + 1}. killed ${names.join(", ")}: ${seconds.at(-1)?.toFixed(1)} s`);
  }
  await scene.filterReady();
  const { failures, ...counts } = await load.stop();
  return { ...counts, failures: failures.slice(0, 10), seconds, kills };
}
