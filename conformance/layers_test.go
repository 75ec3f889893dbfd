package conformance

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/kubenucleus/nucleus/"

// layers are the top-level folders from the ground up: a package imports only
// from its own folder and those before it.
var layers = []string{"apimachinery", "storage", "auth", "admission", "runtime", "examples", "conformance"}

// replaced are the libraries that Nucleus stands in for.
var replaced = []string{
	"k8s.io/api", "k8s.io/apimachinery", "k8s.io/apiserver", "k8s.io/client-go", "k8s.io/apiextensions-apiserver",
	"sigs.k8s.io/controller-runtime",
}

type listedPackage struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func listPackages(t *testing.T) []listedPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listedPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listedPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func layerOf(path string) int {
	rest, ours := strings.CutPrefix(path, module)
	if !ours {
		return -1
	}
	top, _, _ := strings.Cut(rest, "/")
	return slices.Index(layers, top)
}

func TestImportsPointDownwards(t *testing.T) {
	packages := listPackages(t)
	if len(packages) < 20 {
		t.Fatalf("go list found %d packages, which cannot be all", len(packages))
	}
	for _, p := range packages {
		at := layerOf(p.ImportPath)
		if at < 0 {
			t.Errorf("%s lies in none of the folders %v", p.ImportPath, layers)
			continue
		}
		for _, imported := range p.Imports {
			if layerOf(imported) > at {
				t.Errorf("%s imports %s, which stands above it", p.ImportPath, imported)
			}
		}
	}
}

// The reference parts are to be replaceable from outside the module, so they
// must not know the inside of the server.
func TestReferencePartsUseOnlyTheClient(t *testing.T) {
	forbidden := []string{"runtime/server", "runtime/registry", "storage", "admission", "auth/authn", "auth/authz"}
	for _, p := range listPackages(t) {
		rest := strings.TrimPrefix(p.ImportPath, module)
		if !slices.ContainsFunc([]string{"runtime/kubelet", "runtime/scheduler", "runtime/controllers", "runtime/network", "runtime/controller"}, func(part string) bool {
			return rest == part || strings.HasPrefix(rest, part+"/")
		}) {
			continue
		}
		for _, imported := range p.Imports {
			path, ours := strings.CutPrefix(imported, module)
			if ours && slices.ContainsFunc(forbidden, func(f string) bool { return path == f || strings.HasPrefix(path, f+"/") }) {
				t.Errorf("%s imports %s: reference parts are built from the client alone", p.ImportPath, imported)
			}
		}
	}
}

func TestConformanceImportsOnlyClientSide(t *testing.T) {
	for _, p := range listPackages(t) {
		if !strings.HasPrefix(p.ImportPath, module+"conformance") {
			continue
		}
		for _, imported := range p.Imports {
			path, ours := strings.CutPrefix(imported, module)
			if ours && !strings.HasPrefix(path, "apimachinery") && !strings.HasPrefix(path, "runtime/client") && !strings.HasPrefix(path, "conformance") {
				t.Errorf("%s imports %s: the suite must be able to judge any server", p.ImportPath, imported)
			}
		}
	}
}

func TestReplacedLibrariesStayOut(t *testing.T) {
	for _, p := range listPackages(t) {
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			for _, r := range replaced {
				if imported == r || strings.HasPrefix(imported, r+"/") {
					t.Errorf("%s imports %s, which Nucleus replaces", p.ImportPath, imported)
				}
			}
		}
	}
}

// What is imported for a value type or a selector must not bring a server along.
func TestSmallPackagesStaySmall(t *testing.T) {
	for pkg, allowed := range map[string][]string{
		"apimachinery/meta":     {},
		"apimachinery/quantity": {},
		"apimachinery/intstr":   {},
		"apimachinery/labels":   {},
		"apimachinery/fields":   {},
		"apimachinery/names":    {},
		"storage":               {},
	} {
		cmd := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./"+pkg)
		cmd.Dir = ".."
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("go list -deps %s: %v", pkg, err)
			continue
		}
		for _, dep := range strings.Fields(string(out)) {
			if !strings.HasPrefix(dep, module) && !slices.Contains(allowed, dep) {
				t.Errorf("%s depends on %s", pkg, dep)
			}
		}
	}
}
