// What people and files call Docker Hub; its registry answers under another name.
const dockerHub: readonly string[] = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/** True for every name of Docker Hub. */
export function isDockerHub(host: string): boolean {
  return dockerHub.includes(host);
}

/** The origin at which a registry's API is reached: `https://registry.example.com:5000`. */
export function originOf(host: string, plainHttp: boolean): string {
  const name = isDockerHub(host) ? "registry-1.docker.io" : host;
  return new URL(`${plainHttp ? "http" : "https"}://${name}`).origin;
}
