import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { loadPrivateKey, loadPublicKey, pack, push, sign, verify } from "@meshwasm/oras";
import { type Cosign, password, signFlags, useCosign, verifyFlags } from "./cosign.js";
import { places } from "./places.js";

const wasm = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

/** Keys as people have them; each is `NAME.key` and `NAME.pub` in cosign's folder. */
const keys = [
  { name: "cosign", how: "made by cosign: ECDSA P-256, encrypted", make: makeByCosign },
  { name: "p256", how: "ECDSA P-256, made by OpenSSL, encrypted by cosign", make: importByCosign("p256") },
  { name: "ed25519", how: "Ed25519, encrypted by cosign", make: importByCosign("ed25519") },
] as const;

for (const place of places) {
  for (const { name, how, make } of keys) {
    test(`cosign and we agree in ${place.name}: a key ${how}`, async (t) => {
      const cosign = await useCosign(t);
      const host = cosign && (await place.start(t));
      if (!host) return;
      await make(cosign);
      const files = [`${name}.key`, `${name}.pub`].map((file) => readFile(join(cosign.folder, file), "utf8"));
      const [privatePem = "", publicPem = ""] = await Promise.all(files);
      const publicKey = loadPublicKey(publicPem);
      const privateKey = await loadPrivateKey(privatePem, { password: () => password });
      assert.equal(privateKey.publicKey.id, publicKey.id);
      const signers = [{ key: publicKey }];
      const stranger = { signers: [{ key: loadPublicKey(await strangersKey()) }] };

      await t.test("we sign, cosign verifies", async () => {
        const ref = await pushed(`${host}/signed/by-us`);
        await sign(ref, privateKey);
        const args = ["verify", "--key", `${name}.pub`, ...verifyFlags];
        const run = await cosign.run([...args, ref]);
        assert.equal(run.code, 0, run.all);
        assert.match(run.stdout, new RegExp(ref.slice(ref.indexOf("@") + 1)));
        await writeFile(join(cosign.folder, "stranger.pub"), await strangersKey());
        const refused = await cosign.run(["verify", "--key", "stranger.pub", ...verifyFlags, ref]);
        assert.notEqual(refused.code, 0, refused.all);
      });

      for (const [format, flags] of [
        ["bundle", []],
        ["sig-tag", ["--new-bundle-format=false"]],
      ] as const) {
        await t.test(`cosign signs (${format}), we verify`, async () => {
          const ref = await pushed(`${host}/signed/by-cosign/${format}`);
          await assert.rejects(verify(ref, { signers }), { code: "SIGNATURE_MISSING" });
          const run = await cosign.run(["sign", "--key", `${name}.key`, ...signFlags, ...flags, ref]);
          assert.equal(run.code, 0, run.all);
          const { verified, refused } = await verify(ref, { signers });
          assert.deepEqual([verified.map((each) => each.format), refused], [[format], []]);
          await assert.rejects(verify(ref, stranger), { code: "SIGNATURE_UNTRUSTED" });
        });
      }

      await t.test("both sign one artifact, in both formats, and nothing is lost", async () => {
        const ref = await pushed(`${host}/signed/by-both`);
        await sign(ref, privateKey);
        for (const flags of [[], ["--new-bundle-format=false"]]) {
          const run = await cosign.run(["sign", "--key", `${name}.key`, ...signFlags, ...flags, ref]);
          assert.equal(run.code, 0, run.all);
        }
        const { verified } = await verify(ref, { signers });
        assert.deepEqual(verified.map((each) => each.format).sort(), ["bundle", "bundle", "sig-tag"]);
        const run = await cosign.run(["verify", "--key", `${name}.pub`, ...verifyFlags, ref]);
        assert.equal(run.code, 0, run.all);
      });
    });
  }
}

test("a signature of cosign's, moved to another artifact, counts for neither", async (t) => {
  const cosign = await useCosign(t);
  const host = cosign && (await places[0]?.start(t));
  if (!host) return;
  await makeByCosign(cosign);
  const signers = [{ key: loadPublicKey(await readFile(join(cosign.folder, "cosign.pub"), "utf8")) }];
  const ref = await pushed(`${host}/moved/sig`);
  const [other] = await push(pack({ wasm, metadata: { title: "another" } }), [`${host}/moved/sig:2.0.0`]);
  assert.ok(other);
  const run = await cosign.run([
    "sign",
    "--key",
    "cosign.key",
    ...signFlags,
    "--new-bundle-format=false",
    ref,
  ]);
  assert.equal(run.code, 0, run.all);
  await copyTag(host, ref, other.digest);
  await assert.rejects(verify(other.ref, { signers }), { code: "SIGNATURE_MISMATCH", exitCode: 1 });
  const theirs = await cosign.run(["verify", "--key", "cosign.pub", ...verifyFlags, other.ref]);
  assert.notEqual(theirs.code, 0, theirs.all);
});

async function pushed(repository: string): Promise<string> {
  const [result] = await push(pack({ wasm }), [`${repository}:1.0.0`]);
  assert.ok(result);
  return `${repository}@${result.digest}`;
}

async function makeByCosign(cosign: Cosign): Promise<void> {
  const run = await cosign.run(["generate-key-pair"]);
  assert.equal(run.code, 0, run.all);
}

function importByCosign(name: "p256" | "ed25519"): (cosign: Cosign) => Promise<void> {
  return async (cosign) => {
    const { privateKey } =
      name === "ed25519"
        ? generateKeyPairSync("ed25519")
        : generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" });
    await writeFile(join(cosign.folder, "plain.pem"), pem);
    const args = ["import-key-pair", "--key", "plain.pem", "--output-key-prefix", name];
    const run = await cosign.run(args);
    assert.equal(run.code, 0, run.all);
  };
}

async function strangersKey(): Promise<string> {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return String(publicKey.export({ type: "spki", format: "pem" }));
}

/** What somebody with push rights could do: the `.sig` image of one digest under the name of another. */
async function copyTag(host: string, ref: string, digest: string): Promise<void> {
  const tagOf = (of: string) => `${of.replace(":", "-")}.sig`;
  const base = `http://${host}/v2/moved/sig/manifests`;
  const from = await fetch(`${base}/${tagOf(ref.slice(ref.indexOf("@") + 1))}`);
  assert.equal(from.status, 200);
  const to = await fetch(`${base}/${tagOf(digest)}`, {
    method: "PUT",
    headers: { "content-type": from.headers.get("content-type") ?? "" },
    body: await from.arrayBuffer(),
  });
  assert.equal(to.status, 201);
}
