// The ORAS Go library as a program, for the interop tests. One JSON document on stdout.
//
//	oras-go push REF CONFIG_TYPE TYPE=FILE...    a file for each layer, titled by its name
//	oras-go pull REF DIR
//	oras-go attach REF ARTIFACT_TYPE TYPE=FILE
//	oras-go discover REF
//	oras-go tag REF TAG
//	oras-go tags REF
//	oras-go copy REF REF                         with all referrers
//
// A REF is HOST/REPO:TAG, or oci:DIR:TAG for an image layout. Credentials come from the Docker credential file;
// ORAS_PLAIN_HTTP=1 does without TLS.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/content/file"
	"oras.land/oras-go/v2/content/oci"
	"oras.land/oras-go/v2/registry"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
)

func main() {
	document, err := run(context.Background(), os.Args[1:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(document)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (any, error) {
	if len(args) < 2 {
		return nil, fmt.Errorf("usage: oras-go push|pull|attach|discover|copy REF ...")
	}
	target, tag, err := open(args[1])
	if err != nil {
		return nil, err
	}
	verb, rest := args[0], args[2:]
	switch {
	case verb == "push" && len(rest) >= 2:
		return push(ctx, target, tag, rest[0], rest[1:])
	case verb == "pull" && len(rest) == 1:
		return pull(ctx, target, tag, rest[0])
	case verb == "attach" && len(rest) == 2:
		return attach(ctx, target, tag, rest[0], rest[1:])
	case verb == "discover":
		return discover(ctx, target, tag)
	case verb == "tag" && len(rest) == 1:
		return oras.Tag(ctx, target, tag, rest[0])
	case verb == "tags":
		return tags(ctx, target)
	case verb == "copy" && len(rest) == 1:
		destination, name, err := open(rest[0])
		if err != nil {
			return nil, err
		}
		return oras.ExtendedCopy(ctx, target, tag, destination, name, oras.DefaultExtendedCopyOptions)
	}
	return nil, fmt.Errorf("cannot %s with %d arguments", verb, len(rest))
}

func push(ctx context.Context, target oras.GraphTarget, tag, configType string, layers []string) (any, error) {
	return pack(ctx, target, tag, func(store *file.Store, files []ocispec.Descriptor) (ocispec.Descriptor, error) {
		config := content.NewDescriptorFromBytes(configType, []byte("{}"))
		if err := store.Push(ctx, config, strings.NewReader("{}")); err != nil {
			return ocispec.Descriptor{}, err
		}
		options := oras.PackManifestOptions{Layers: files, ConfigDescriptor: &config}
		return oras.PackManifest(ctx, store, oras.PackManifestVersion1_1, "", options)
	}, layers)
}

func attach(ctx context.Context, target oras.GraphTarget, tag, artifactType string, layers []string) (any, error) {
	subject, err := target.Resolve(ctx, tag)
	if err != nil {
		return nil, err
	}
	return pack(ctx, target, "", func(store *file.Store, files []ocispec.Descriptor) (ocispec.Descriptor, error) {
		options := oras.PackManifestOptions{Layers: files, Subject: &subject}
		return oras.PackManifest(ctx, store, oras.PackManifestVersion1_1, artifactType, options)
	}, layers)
}

func pack(
	ctx context.Context,
	target oras.GraphTarget,
	tag string,
	manifest func(*file.Store, []ocispec.Descriptor) (ocispec.Descriptor, error),
	layers []string,
) (any, error) {
	store, err := file.New("")
	if err != nil {
		return nil, err
	}
	defer store.Close()
	var files []ocispec.Descriptor
	for _, layer := range layers {
		mediaType, path, _ := strings.Cut(layer, "=")
		added, err := store.Add(ctx, filepath.Base(path), mediaType, path)
		if err != nil {
			return nil, err
		}
		files = append(files, added)
	}
	packed, err := manifest(store, files)
	if err != nil {
		return nil, err
	}
	if tag == "" {
		return packed, oras.CopyGraph(ctx, store, target, packed, oras.DefaultCopyGraphOptions)
	}
	if err := store.Tag(ctx, packed, tag); err != nil {
		return nil, err
	}
	return oras.Copy(ctx, store, tag, target, tag, oras.DefaultCopyOptions)
}

func pull(ctx context.Context, target oras.GraphTarget, tag, dir string) (any, error) {
	store, err := oci.New(dir)
	if err != nil {
		return nil, err
	}
	return oras.Copy(ctx, target, tag, store, tag, oras.DefaultCopyOptions)
}

func discover(ctx context.Context, target oras.GraphTarget, tag string) (any, error) {
	subject, err := target.Resolve(ctx, tag)
	if err != nil {
		return nil, err
	}
	found, err := target.Predecessors(ctx, subject)
	if found == nil {
		found = []ocispec.Descriptor{}
	}
	return found, err
}

func tags(ctx context.Context, target oras.GraphTarget) (any, error) {
	found := []string{}
	lister, ok := target.(registry.TagLister)
	if !ok {
		return nil, fmt.Errorf("no list of tags here")
	}
	err := lister.Tags(ctx, "", func(page []string) error {
		found = append(found, page...)
		return nil
	})
	return found, err
}

func open(ref string) (oras.GraphTarget, string, error) {
	if rest, isLayout := strings.CutPrefix(ref, "oci:"); isLayout {
		colon := strings.LastIndex(rest, ":")
		store, err := oci.New(rest[:colon])
		return store, rest[colon+1:], err
	}
	repository, err := remote.NewRepository(ref)
	if err != nil {
		return nil, "", err
	}
	repository.PlainHTTP = os.Getenv("ORAS_PLAIN_HTTP") == "1"
	store, err := credentials.NewStoreFromDocker(credentials.StoreOptions{})
	if err != nil {
		return nil, "", err
	}
	repository.Client = &auth.Client{Cache: auth.NewCache(), Credential: credentials.Credential(store)}
	return repository, repository.Reference.Reference, nil
}
