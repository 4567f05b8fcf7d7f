// Brings what the tests need: npm packages, Envoy, docker-registry. Usage: node scripts/setup.mjs
// Under CI=true everything is installed; elsewhere what needs root is left out, and said.

import { dockerRegistryHint, ensureDockerRegistry } from "./setup/docker-registry.mjs";
import { ensureEnvoy } from "./setup/envoy.mjs";
import { ensureNpmPackages } from "./setup/npm-packages.mjs";

/** Sets everything up and prints a line for each part; returns what will be skipped, each with how to get it. */
export async function setup() {
  const installed = await ensureNpmPackages();
  console.log(`npm packages     ${installed ? "just installed" : "there"}`);
  console.log(`Envoy            ${await ensureEnvoy()}`);
  const skipped = [];
  const registry = await ensureDockerRegistry({ install: process.env.CI === "true" });
  console.log(`docker-registry  ${registry ? "there" : "missing"}`);
  if (!registry) skipped.push(`the tests against docker-registry; to run them: ${dockerRegistryHint}`);
  return skipped;
}

if (process.argv[1] === new URL(import.meta.url).pathname) await setup();
