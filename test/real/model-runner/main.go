// Docker Model Runner's own library for packages, without its server and engines:
//
//	model-runner pull REFERENCE STORE                pulls, unpacks as for an engine, prints where
//	model-runner package docker|cncf DIR REFERENCE   packages a folder (v0.2, or ModelPack) and pushes it
//	model-runner package-file FILE LICENSE REFERENCE packages one model file (v0.1) and pushes it
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/docker/model-runner/pkg/distribution/builder"
	"github.com/docker/model-runner/pkg/distribution/distribution"
	"github.com/docker/model-runner/pkg/distribution/registry"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(words []string) error {
	client := registry.NewClient(registry.WithPlainHTTP(true))
	switch {
	case len(words) == 3 && words[0] == "pull":
		return pull(client, words[1], words[2])
	case len(words) == 4 && words[0] == "package":
		made, err := builder.FromDirectory(words[2], builder.WithOutputFormat(builder.BuildFormat(words[1])))
		if err != nil {
			return err
		}
		return push(client, made, words[3])
	case len(words) == 4 && words[0] == "package-file":
		made, err := builder.FromPath(words[1])
		if err != nil {
			return err
		}
		if made, err = made.WithLicense(words[2]); err != nil {
			return err
		}
		return push(client, made, words[3])
	}
	return fmt.Errorf("no such words: %v", words)
}

func pull(client *registry.Client, reference, store string) error {
	silent := slog.New(slog.NewTextHandler(io.Discard, nil))
	local, err := distribution.NewClient(
		distribution.WithStoreRootPath(store),
		distribution.WithRegistryClient(client),
		distribution.WithLogger(silent),
	)
	if err != nil {
		return err
	}
	if err := local.PullModel(context.Background(), reference, io.Discard); err != nil {
		return err
	}
	bundle, err := local.GetBundle(reference)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"folder":       bundle.RootDir(),
		"gguf":         bundle.GGUFPath(),
		"safetensors":  bundle.SafetensorsPath(),
		"mmproj":       bundle.MMPROJPath(),
		"format":       bundle.RuntimeConfig().GetFormat(),
		"architecture": bundle.RuntimeConfig().GetArchitecture(),
		"parameters":   bundle.RuntimeConfig().GetParameters(),
	})
}

func push(client *registry.Client, made *builder.Builder, reference string) error {
	target, err := client.NewTarget(reference)
	if err != nil {
		return err
	}
	return made.Build(context.Background(), target, io.Discard)
}
