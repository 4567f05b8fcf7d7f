import assert from "node:assert/strict";
import { test } from "node:test";
import {
  userVolumeMountAnnotation as mount,
  storeDir,
  userVolumeAnnotation as volume,
  volumeName,
} from "../api/names.js";
import { type MountChange, withMount, withoutMount } from "./mount.js";

const entry = { hostPath: { path: storeDir, type: "DirectoryOrCreate" } };
const mountEntry = { mountPath: storeDir, readOnly: true };

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
