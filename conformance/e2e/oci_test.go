package e2e

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// imageFile writes an image of one static program, in OCI's layout, into a file that
// container runtimes import. Containers run the program with args.
func imageFile(t *testing.T, path, name, program string, args ...string) {
	t.Helper()
	data, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	pack := func(files map[string][]byte, mode int64) []byte {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for name, data := range files {
			if err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: mode, Size: int64(len(data))}); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(data); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	files := map[string][]byte{"oci-layout": []byte(`{"imageLayoutVersion":"1.0.0"}`)}
	type dict = map[string]any
	blob := func(mediaType string, data []byte) dict {
		sum := fmt.Sprintf("%x", sha256.Sum256(data))
		files["blobs/sha256/"+sum] = data
		return dict{"mediaType": mediaType, "digest": "sha256:" + sum, "size": len(data)}
	}
	encode := func(v any) []byte {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	layer := blob("application/vnd.oci.image.layer.v1.tar", pack(map[string][]byte{filepath.Base(program): data}, 0o755))
	config := blob("application/vnd.oci.image.config.v1+json", encode(dict{
		"architecture": runtime.GOARCH, "os": "linux", "rootfs": dict{"type": "layers", "diff_ids": []any{layer["digest"]}},
		"config": dict{"Entrypoint": append([]string{"/" + filepath.Base(program)}, args...), "Env": []string{"PATH=/"}},
	}))
	manifest := blob("application/vnd.oci.image.manifest.v1+json", encode(dict{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": []any{layer},
	}))
	manifest["annotations"] = dict{"io.containerd.image.name": name}
	files["index.json"] = encode(dict{"schemaVersion": 2, "manifests": []any{manifest}})
	if err := os.WriteFile(path, pack(files, 0o644), 0o600); err != nil {
		t.Fatal(err)
	}
}
