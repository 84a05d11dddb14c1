// Prints what Go's archive/tar, which kit, modctl and container runtimes use, finds in a tar:
// one JSON line for each entry.
package main

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := list(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func list() error {
	reader, out := tar.NewReader(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		header, err := reader.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		hash := sha256.New()
		size, err := io.Copy(hash, reader)
		if err != nil {
			return err
		}
		digest := fmt.Sprintf("sha256:%x", hash.Sum(nil))
		entry := map[string]any{"path": header.Name, "size": size, "digest": digest, "mode": header.Mode, "type": string(header.Typeflag)}
		if err := out.Encode(entry); err != nil {
			return err
		}
	}
}
