"""The ORAS Python SDK as a program, for the interop tests. One JSON document on stdout.

    push REF CONFIG:TYPE FILE:TYPE...      files of this folder
    pull REF DIR
    digest REF | tags REPO
    tag REF REF
    attach REF REF FILE:TYPE               the second is the name of what is attached
    push-layout DIR REF | pull-layout REF DIR

DOCKER_CONFIG names the folder of the credential file; ORAS_AUTH_BACKEND is token or basic; ORAS_PLAIN_HTTP=1 does
without TLS.
"""

import hashlib
import json
import os
import sys

import oras.client
import oras.defaults
import oras.layout
import oras.oci

config_file = os.path.join(os.environ["DOCKER_CONFIG"], "config.json")
has_auth = bool(json.load(open(config_file)).get("auths"))


def client_for(ref):
    plain = os.environ.get("ORAS_PLAIN_HTTP") == "1"
    client = oras.client.OrasClient(insecure=plain, auth_backend=os.environ["ORAS_AUTH_BACKEND"])
    if has_auth:
        client.auth.load_configs(client.get_container(ref), configs=[config_file])
    return client


def manifest_bytes(ref):
    client = client_for(ref)
    container = client.get_container(ref)
    url = f"{client.prefix}://{container.manifest_url()}"
    headers = {"Accept": oras.defaults.default_manifest_media_type}
    response = client.do_request(url, "GET", headers=headers)
    response.raise_for_status()
    return client, response.content


def push(ref, config, *files):
    client_for(ref).push(target=ref, manifest_config=config, files=list(files), quiet=True, config_path=config_file)


def pull(ref, folder):
    types = ["application/vnd.oci.image.layer.v1.tar+gzip"]
    return client_for(ref).pull(
        target=ref, outdir=folder, config_path=config_file, allowed_media_type=[
            oras.defaults.default_manifest_media_type, *types]
    )


def digest(ref):
    return {"digest": "sha256:" + hashlib.sha256(manifest_bytes(ref)[1]).hexdigest()}


def tags(repository):
    return client_for(repository).get_tags(repository)


def tag(ref, new):
    client, content = manifest_bytes(ref)
    response = client.upload_manifest(json.loads(content), client.get_container(new))
    response.raise_for_status()


def attach(ref, name, *files):
    content = manifest_bytes(ref)[1]
    subject = oras.oci.Subject(
        oras.defaults.default_manifest_media_type, "sha256:" + hashlib.sha256(content).hexdigest(), len(content)
    )
    client_for(name).push(target=name, files=list(files), subject=subject, quiet=True, config_path=config_file)


def push_layout(folder, ref):
    oras.layout.NewLayout(folder).push_to_registry(client_for(ref), ref, tag="1.0.0")


def pull_layout(ref, folder):
    oras.layout.NewLayout(folder, validate=False).pull_from_registry(client_for(ref), ref, tag="1.0.0")
    oras.layout.NewLayout(folder).validate()


verbs = {
    "push": push, "pull": pull, "digest": digest, "tags": tags, "tag": tag, "attach": attach,
    "push-layout": push_layout, "pull-layout": pull_layout,
}
document = verbs[sys.argv[1]](*sys.argv[2:])
json.dump(document, sys.stdout)
