import { isDockerHub } from "../remote/origin.js";

/** Under what Docker keeps the credentials of Docker Hub, whatever name it was asked for by. */
const dockerHubKey = "https://index.docker.io/v1/";

/** The key under which a registry's credentials are kept and asked for: its host, or Docker Hub's old URL. */
export function registryKey(host: string): string {
  return isDockerHub(host) ? dockerHubKey : host;
}

/** True when a key of a credential file means this host; keys may be hosts or URLs with any path. */
export function isKeyOf(key: string, host: string): boolean {
  const named = key.replace(/^https?:\/\//, "").replace(/\/.*$/s, "");
  return named === host || (isDockerHub(named) && isDockerHub(host));
}

/** The value for a host in a map by key: the exact key first, then any that means the host. */
export function lookUp<T>(map: Readonly<Record<string, T>>, host: string): T | undefined {
  const exact = registryKey(host);
  const key = Object.hasOwn(map, exact) ? exact : Object.keys(map).find((each) => isKeyOf(each, host));
  return key === undefined ? undefined : map[key];
}
