import assert from "node:assert/strict";
import { test } from "node:test";
import {
  imageVolumeOwner,
  userVolumeMountAnnotation as mount,
  storeDir,
  userVolumeAnnotation as volume,
  volumeName,
} from "../api/names.js";
import {
  changeMounts,
  imageMount,
  imageReference,
  type MountChange,
  mountNames,
  storeMount,
} from "./mount.js";

const entry = { hostPath: { path: storeDir, type: "DirectoryOrCreate" } };
const mountEntry = { mountPath: storeDir, readOnly: true };

const withMount = (annotations: Record<string, string> | undefined) =>
  changeMounts(annotations, [storeMount]);
const withoutMount = (annotations: Record<string, string> | undefined) =>
  changeMounts(annotations, [], (name) => name === volumeName);

test("an untouched template gets both annotations, and loses both again", () => {
  const annotations = apply(undefined, withMount(undefined));
  assert.deepEqual(JSON.parse(annotations[volume]!), { [volumeName]: entry });
  assert.deepEqual(JSON.parse(annotations[mount]!), { [volumeName]: mountEntry });
  assert.deepEqual(apply(annotations, withoutMount(annotations)), {});
});

test("what others put there stays, in both directions, whatever it is", () => {
  // Every combination of what a template can hold before.
  const others = [
    undefined,
    "{}",
    '{"certs":{"secret":{"secretName":"a"}}}',
    ' {"b": {"emptyDir": {}}, "a": 1}',
    "",
  ];
  for (const before of others) {
    for (const beforeMount of others) {
      const annotations: Record<string, string> = { other: "kept" };
      if (before !== undefined) annotations[volume] = before;
      if (beforeMount !== undefined) annotations[mount] = beforeMount;
      const merged = apply(annotations, withMount(annotations));
      assert.deepEqual(JSON.parse(merged[volume]!), { ...parsed(before), [volumeName]: entry });
      assert.deepEqual(JSON.parse(merged[mount]!), { ...parsed(beforeMount), [volumeName]: mountEntry });
      assert.deepEqual(withMount(merged), { change: undefined }, "a second time changes nothing");
      const back = apply(merged, withoutMount(merged));
      assert.equal(back.other, "kept");
      assert.deepEqual(parsed(back[volume]), parsed(before));
      assert.deepEqual(parsed(back[mount]), parsed(beforeMount));
      assert.deepEqual(withoutMount(back), { change: undefined });
    }
  }
});

test("an entry of ours that was edited is put right", () => {
  const merged = apply(undefined, withMount(undefined));
  const edited = { ...merged, [mount]: JSON.stringify({ [volumeName]: { mountPath: "/elsewhere" } }) };
  assert.deepEqual(apply(edited, withMount(edited)), merged);
});

test("an annotation that is no JSON object is left alone, and said", () => {
  for (const text of ["[]", "no JSON", "3", "null", '[{"name":"a"}]']) {
    for (const change of [withMount({ [volume]: text }), withoutMount({ [volume]: text })]) {
      assert.ok("invalid" in change);
      assert.match(change.invalid, /sidecar\.istio\.io\/userVolume is no JSON object/);
    }
  }
});

const digest = `sha256:${"ab".repeat(32)}`;
const image = imageMount("0123456789", `registry.example.com/hello@${digest}`);

test("an image is a volume of its own, by digest alone", () => {
  for (const name of ["registry.example.com:5000/a/hello", "registry.example.com/hello"]) {
    for (const target of ["", ":1.0.0", `@${digest}`, `:1.0.0@sha256:${"cd".repeat(32)}`]) {
      assert.equal(imageReference(name + target, digest), `${name}@${digest}`);
    }
  }
  assert.deepEqual(image, {
    name: "meshwasm-0123456789-abababababababababab",
    volume: { image: { reference: `registry.example.com/hello@${digest}`, pullPolicy: "IfNotPresent" } },
    path: `/var/local/lib/wasm-images/0123456789/sha256-${"ab".repeat(32)}`,
  });
  assert.match(image.name, /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "a DNS label");
});

test("in one change an image comes for another one, and the store goes", () => {
  const other = '{"certs":{"secret":{"secretName":"a"}}}';
  const before = apply({ [volume]: other }, changeMounts({ [volume]: other }, [storeMount, image]));
  const next = imageMount("0123456789", `registry.example.com/hello@sha256:${"cd".repeat(32)}`);
  const foreign = imageMount("9876543210", `registry.example.com/hello@${digest}`);
  const both = apply(before, changeMounts(before, [foreign]));
  const goes = (name: string) => name === volumeName || imageVolumeOwner(name) === "0123456789";
  const after = apply(both, changeMounts(both, [next], goes));
  assert.deepEqual(JSON.parse(after[volume]!), {
    ...JSON.parse(other),
    [foreign.name]: foreign.volume,
    [next.name]: next.volume,
  });
  assert.deepEqual(JSON.parse(after[mount]!), {
    [foreign.name]: { mountPath: foreign.path, readOnly: true },
    [next.name]: { mountPath: next.path, readOnly: true },
  });
  assert.deepEqual(changeMounts(after, [next], goes), { change: undefined }, "what is wanted does not go");
  assert.deepEqual(mountNames(after), new Set(["certs", foreign.name, next.name]));
  assert.deepEqual(mountNames({ [volume]: "[]" }), new Set());
});

function parsed(text: string | undefined): object {
  return text === undefined || text === "" ? {} : JSON.parse(text);
}

function apply(annotations: Record<string, string> | undefined, change: MountChange): Record<string, string> {
  assert.ok("change" in change);
  const result = { ...annotations };
  for (const [name, value] of Object.entries(change.change ?? {})) {
    if (value === null) delete result[name];
    else result[name] = value;
  }
  return result;
}
