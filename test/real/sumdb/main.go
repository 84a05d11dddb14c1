// Go's own implementation of transparency logs, held to a log of ours:
//
//	sumdb check FOLDER VKEY < REQUEST   opens the checkpoint, derives the tree from the entries, reads it through our
//	                                    tiles, and holds each of our proofs to the one that Go makes
//	sumdb sign NAME < TEXT              makes a key, signs a text, prints the verifier key and the note
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(words []string) error {
	switch {
	case len(words) == 3 && words[0] == "check":
		return check(words[1], words[2])
	case len(words) == 2 && words[0] == "sign":
		return sign(words[1])
	}
	return fmt.Errorf("no such words: %v", words)
}

// Proofs are hashes in base64.
type request struct {
	// Files in the format of C2SP tlog-proof.
	Proofs      []string `json:"proofs"`
	Consistency []struct {
		Older int64    `json:"older"`
		Root  string   `json:"root"`
		Proof []string `json:"proof"`
	} `json:"consistency"`
}

func check(folder, vkey string) error {
	var asked request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	signed, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(signed, vkey)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	entries, err := readEntries(folder, tree.N)
	if err != nil {
		return err
	}
	// From the entries alone, without our tiles.
	var stored hashes
	for index, entry := range entries {
		added, err := tlog.StoredHashes(int64(index), entry, stored)
		if err != nil {
			return err
		}
		stored = append(stored, added...)
	}
	derived, err := tlog.TreeHash(tree.N, stored)
	if err != nil {
		return err
	}
	if derived != tree.Hash {
		return errors.New("the root that Go derives from the entries is another one")
	}
	// Through our tiles, each of which Go holds to the root.
	tiles := tlog.TileHashReader(tree, folderTiles(folder))
	if through, err := tlog.TreeHash(tree.N, tiles); err != nil || through != tree.Hash {
		return fmt.Errorf("the root through the tiles is another one: %v", err)
	}
	for _, proof := range asked.Proofs {
		if err := checkProof([]byte(proof), vkey, entries, tiles); err != nil {
			return err
		}
	}
	for _, view := range asked.Consistency {
		ours, err := decode(view.Proof)
		if err != nil {
			return err
		}
		root, err := decode([]string{view.Root})
		if err != nil {
			return err
		}
		theirs, err := tlog.ProveTree(tree.N, view.Older, tiles)
		if err != nil {
			return err
		}
		if !equal(ours, theirs) {
			return fmt.Errorf("the proof that %d goes on from %d is another one", tree.N, view.Older)
		}
		if err := tlog.CheckTree(ours, tree.N, tree.Hash, view.Older, root[0]); err != nil {
			return fmt.Errorf("%d in %d: %w", view.Older, tree.N, err)
		}
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"entries": len(entries), "proofs": len(asked.Proofs), "consistency": len(asked.Consistency),
	})
}

func openCheckpoint(signed []byte, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || len(opened.Sigs) != 1 {
		return tlog.Tree{}, fmt.Errorf("odd checkpoint %q", opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := decode(lines[2:3])
	if err != nil {
		return tlog.Tree{}, err
	}
	return tlog.Tree{N: size, Hash: root[0]}, nil
}

func checkProof(proof []byte, vkey string, entries [][]byte, tiles tlog.HashReader) error {
	head, signed, found := bytes.Cut(proof, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("no proof file")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(signed, vkey)
	if err != nil {
		return err
	}
	ours, err := decode(lines[2:])
	if err != nil {
		return err
	}
	theirs, err := tlog.ProveRecord(tree.N, index, tiles)
	if err != nil {
		return err
	}
	if !equal(ours, theirs) {
		return fmt.Errorf("the proof of entry %d is another one", index)
	}
	if err := tlog.CheckRecord(ours, tree.N, tree.Hash, index, tlog.RecordHash(entries[index])); err != nil {
		return fmt.Errorf("entry %d: %w", index, err)
	}
	return nil
}

func readEntries(folder string, size int64) ([][]byte, error) {
	var entries [][]byte
	for number := int64(0); int64(len(entries)) < size; number++ {
		tile := tlog.Tile{H: 8, L: -1, N: number, W: int(min(256, size-number*256))}
		data, err := os.ReadFile(filepath.Join(folder, pathOf(tile)))
		if err != nil {
			return nil, err
		}
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			entries = append(entries, data[2:2+length])
			data = data[2+length:]
		}
	}
	return entries, nil
}

// The paths of C2SP do not say the height, which is always 8.
func pathOf(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), "tile/8/")
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

type folderTiles string

func (folderTiles) Height() int { return 8 }

func (folder folderTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(string(folder), pathOf(tile)))
		if err != nil {
			return nil, err
		}
		read = append(read, data)
	}
	return read, nil
}

func (folderTiles) SaveTiles([]tlog.Tile, [][]byte) {}

type hashes []tlog.Hash

func (stored hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var read []tlog.Hash
	for _, index := range indexes {
		read = append(read, stored[index])
	}
	return read, nil
}

func decode(lines []string) ([]tlog.Hash, error) {
	decoded := make([]tlog.Hash, len(lines))
	for at, line := range lines {
		data, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(data) != tlog.HashSize {
			return nil, fmt.Errorf("no hash: %q", line)
		}
		copy(decoded[at][:], data)
	}
	return decoded, nil
}

func equal(a, b []tlog.Hash) bool {
	if len(a) != len(b) {
		return false
	}
	for at := range a {
		if a[at] != b[at] {
			return false
		}
	}
	return true
}

func sign(name string) error {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: string(text)}, signer)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]string{"vkey": vkey, "note": string(signed)})
}
