package board

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
)

// The chart library in assets/vendor is a copy of the npm package that
// deps/uplot/package-lock.json pins.
//
//go:generate go run ./gen

//go:embed assets
var embedded embed.FS

// asset is a file of the page.
type asset struct {
	content []byte
	kind    string
	// tag is a weak ETag: the same for the file as it is and compressed.
	tag string
}

func loadAssets() (map[string]asset, error) {
	root, err := fs.Sub(embedded, "assets")
	if err != nil {
		return nil, fmt.Errorf("board: files of the page: %w", err)
	}

	out := map[string]asset{}

	err = fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}

		content, err := fs.ReadFile(root, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}

		sum := sha256.Sum256(content)
		out[name] = asset{content: content, kind: kindOf(name), tag: `W/"` + hex.EncodeToString(sum[:12]) + `"`}

		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("board: files of the page: %w", err)
	}

	return out, nil
}

// kindOf does not ask the machine's own table of types, which may say anything.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}

	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}

	return "text/plain; charset=utf-8"
}

// asset serves a file. Browsers keep it and ask whether it is still the same.
func (b *Board) asset(w http.ResponseWriter, r *http.Request) {
	a, known := b.assets[r.PathValue("name")]
	if !known {
		http.NotFound(w, r)

		return
	}

	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", a.tag)

	if r.Header.Get("If-None-Match") == a.tag {
		w.WriteHeader(http.StatusNotModified)

		return
	}

	w.Header().Set("Content-Type", a.kind)
	// A visitor that is gone needs no answer.
	_, _ = w.Write(a.content)
}
