// Brings what the tests need: npm packages, Envoy, docker-registry, other people's clients, Rust, a mesh.
// Usage: node scripts/setup.mjs [--mesh]
// Under CI=true everything is installed; elsewhere what needs root, or minutes of building, is left out, and said.
// --mesh builds the control planes of a mesh too.

import { dockerRegistryHint, ensureDockerRegistry } from "./setup/docker-registry.mjs";
import { ensureEnvoy } from "./setup/envoy.mjs";
import { ensureInterop } from "./setup/interop.mjs";
import { ensureMesh, meshTests } from "./setup/mesh.mjs";
import { ensureNpmPackages } from "./setup/npm-packages.mjs";
import { ensureRust, rustHint } from "./setup/rust.mjs";

/** Sets everything up and prints a line for each part; returns what will be skipped, each with how to get it. */
export async function setup({ mesh = false } = {}) {
  const ci = process.env.CI === "true";
  const installed = await ensureNpmPackages();
  console.log(`npm packages     ${installed ? "just installed" : "there"}`);
  console.log(`Envoy            ${await ensureEnvoy()}`);
  const skipped = [];
  const registry = await ensureDockerRegistry({ install: ci });
  console.log(`docker-registry  ${registry ? "there" : "missing"}`);
  if (!registry) skipped.push(`the tests against docker-registry; to run them: ${dockerRegistryHint}`);
  const missing = await ensureInterop({ install: ci });
  console.log(`OCI clients      ${missing.length === 0 ? "there" : `${missing.length} missing`}`);
  for (const each of missing) skipped.push(`tests against other OCI tools, ${each}`);
  const rust = await ensureRust({ install: ci });
  console.log(`Rust for Wasm    ${rust ? "there" : "missing"}`);
  if (!rust) skipped.push(`the tests with filters of the Rust SDK; to run them: ${rustHint}`);
  const why = await ensureMesh({ build: ci || mesh, apt: ci });
  console.log(`a mesh           ${why ? "missing" : "there"}`);
  if (why) skipped.push(`${meshTests}; ${why}`);
  return skipped;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const skipped = await setup({ mesh: process.argv.includes("--mesh") });
  for (const each of skipped) console.log(`left out: ${each}`);
}
