// What a pull costs any program on Node: the three requests, the digests and the file, with Node's own parts and no checks
// of what a registry may get wrong. Usage: node pull-floor.mjs HOST REPOSITORY TAG FILE

import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { gunzipSync } from "node:zlib";

const [host, repository, tag, file] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });

const fetchPath = (path) =>
  new Promise((resolve, reject) => {
    const options = { agent, headers: { accept: "application/vnd.oci.image.manifest.v1+json" } };
    get(`http://${host}/v2/${repository}/${path}`, options, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk)).once("end", () => resolve(Buffer.concat(chunks)));
    }).once("error", reject);
  });
const digestOf = (bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

const manifest = JSON.parse(await fetchPath(`manifests/${tag}`));
await fetchPath(`blobs/${manifest.config.digest}`);
const [{ digest }] = manifest.layers;
const layer = await fetchPath(`blobs/${digest}`);
if (digestOf(layer) !== digest) throw new Error("another digest");
const tar = gunzipSync(layer);
// The first file of the tar, by its size in octal.
writeFileSync(file, tar.subarray(512, 512 + Number.parseInt(tar.toString("latin1", 124, 136), 8)));
agent.destroy();
