package main_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// repository is the tree that this test lies in.
func repository(t *testing.T) fs.FS {
	t.Helper()
	root := filepath.Join("..", "..")
	data, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil || !strings.HasPrefix(string(data), "module "+ownModule+"\n") {
		t.Fatalf("not the root of %s: %v", ownModule, err)
	}
	return os.DirFS(root)
}

func house() architecture {
	return architecture{ownPackages(), thirdParty(), bans(), topLevel()}
}

// TestArchitecture holds the code to the tables of arch_table_test.go.
func TestArchitecture(t *testing.T) {
	t.Parallel()
	problems, err := house().check(repository(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

// goFile is a source file with the given imports.
func goFile(doc, name string, imports ...string) *fstest.MapFile {
	var b strings.Builder
	if doc != "" {
		fmt.Fprintf(&b, "// %s\n", doc)
	}
	fmt.Fprintf(&b, "package %s\n", name)
	for _, imported := range imports {
		fmt.Fprintf(&b, "import _ %q\n", imported)
	}
	return &fstest.MapFile{Data: []byte(b.String())}
}

// small is an architecture of three packages, and a tree that is true to it.
func small() (architecture, fstest.MapFS) {
	a := architecture{
		packages: []pkg{{"cmd/tool", []string{"top"}}, {"top", []string{"top/leaf"}}, {"top/leaf", nil}},
		modules: []module{
			{"example.com/engine", []string{"top"}, false, "contained"},
			{"example.com/codec", []string{"top/leaf"}, true, "one home"},
			{"example.com/id", []string{"*"}, false, "ids"},
			{"example.com/diff", nil, true, "for tests"},
		},
		bans:     map[string]ban{"unsafe": {"no need", []string{"top/leaf"}}},
		topLevel: []string{"cmd", "top"},
	}
	return a, fstest.MapFS{
		"go.mod":           {Data: []byte("module " + ownModule + "\n")},
		"cmd/tool/main.go": goFile("Command tool is not for people.", "main", ownModule+"/top", "fmt"),
		"top/doc.go":       goFile("Package top is not for everything.", "top", "example.com/engine/v2/x", "example.com/id"),
		"top/a.go":         goFile("", "top", ownModule+"/top/leaf"),
		"top/leaf/doc.go":  goFile("Package leaf is not for much.", "leaf", "example.com/codec"),
		"top/leaf/leaf_test.go": goFile("", "leaf_test",
			ownModule+"/top/leaf", ownModule+"/top", "example.com/diff/cmp", "example.com/codec", "unsafe"),
		"top/testdata/bad.go": goFile("", "bad", "example.com/unknown"),
		".hidden/bad.go":      goFile("", "bad", "example.com/unknown"),
	}
}

// TestArchitectureBites proves that each rule reports what breaks it, and
// nothing else.
func TestArchitectureBites(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(a *architecture, tree fstest.MapFS)
		want   []string
	}{
		"nothing wrong": {func(*architecture, fstest.MapFS) {}, nil},
		"upward import": {
			func(_ *architecture, tree fstest.MapFS) { tree["top/leaf/b.go"] = goFile("", "leaf", ownModule+"/top") },
			[]string{"top/leaf/b.go: imports top, which the table does not allow"},
		},
		"import on another platform": {
			func(_ *architecture, tree fstest.MapFS) {
				file := goFile("", "leaf", ownModule+"/top")
				file.Data = append([]byte("//go:build plan9\n\n"), file.Data...)
				tree["top/leaf/b_plan9.go"] = file
			},
			[]string{"top/leaf/b_plan9.go: imports top, which the table does not allow"},
		},
		"import of the root": {
			func(_ *architecture, tree fstest.MapFS) { tree["top/leaf/b.go"] = goFile("", "leaf", ownModule) },
			[]string{"top/leaf/b.go: imports , which the table does not allow"},
		},
		"import no longer there": {
			func(_ *architecture, tree fstest.MapFS) { delete(tree, "top/a.go") },
			[]string{"top: the table allows top/leaf, which it no longer imports"},
		},
		"unlisted package": {
			func(_ *architecture, tree fstest.MapFS) {
				tree["top/util/u.go"] = goFile("Package util is not for use.", "util")
			},
			[]string{"top/util: a package that is not in the table"},
		},
		"package no longer there": {
			func(_ *architecture, tree fstest.MapFS) { delete(tree, "cmd/tool/main.go") },
			[]string{"cmd/tool: in the table, but there is no such package"},
		},
		"tests are no package": {
			func(_ *architecture, tree fstest.MapFS) {
				delete(tree, "cmd/tool/main.go")
				tree["cmd/tool/main_test.go"] = goFile("", "main_test")
			},
			[]string{
				"cmd/tool: 0 package comments, want one", "cmd/tool: in the table, but there is no such package",
				"cmd/tool: the table allows top, which it no longer imports",
			},
		},
		"table that lets imports go up": {
			func(a *architecture, tree fstest.MapFS) {
				a.packages[2].imports = []string{"top"}
				tree["top/leaf/b.go"] = goFile("", "leaf", ownModule+"/top")
			},
			[]string{"top/leaf: the table lets it import top, which does not stand below it"},
		},
		"table that lets a command be imported": {
			func(a *architecture, tree fstest.MapFS) {
				a.packages = append(a.packages, pkg{"cmd/other", nil})
				a.packages[1].imports = append(a.packages[1].imports, "cmd/other")
				tree["top/b.go"] = goFile("", "top", ownModule+"/cmd/other")
				tree["cmd/other/o.go"] = goFile("Package other is not for import.", "other")
			},
			[]string{"top: the table lets it import cmd/other: commands are imported by none"},
		},
		"package twice in the table": {
			func(a *architecture, _ fstest.MapFS) { a.packages = append(a.packages, pkg{"top/leaf", nil}) },
			[]string{"top/leaf: stands in the table twice"},
		},
		"unknown module": {
			func(_ *architecture, tree fstest.MapFS) {
				tree["top/b.go"] = goFile("", "top", "example.com/unknown/x")
			},
			[]string{"top/b.go: imports example.com/unknown/x, whose module is not in the table"},
		},
		"module of another package": {
			func(_ *architecture, tree fstest.MapFS) {
				tree["cmd/tool/b.go"] = goFile("", "main", "example.com/engine")
			},
			[]string{"cmd/tool/b.go: imports example.com/engine, which belongs to top: contained"},
		},
		"module of another package in a test": {
			func(_ *architecture, tree fstest.MapFS) {
				tree["cmd/tool/b_test.go"] = goFile("", "main", "example.com/engine")
			},
			[]string{"cmd/tool/b_test.go: imports example.com/engine, which belongs to top: contained"},
		},
		"module for tests": {
			func(_ *architecture, tree fstest.MapFS) { tree["top/b.go"] = goFile("", "top", "example.com/diff") },
			[]string{"top/b.go: imports example.com/diff, which belongs to tests: for tests"},
		},
		"module whose name begins alike": {
			func(_ *architecture, tree fstest.MapFS) { tree["top/b.go"] = goFile("", "top", "example.com/engineer") },
			[]string{"top/b.go: imports example.com/engineer, whose module is not in the table"},
		},
		"module no longer imported": {
			func(_ *architecture, tree fstest.MapFS) {
				tree["top/leaf/doc.go"] = goFile("Package leaf is not for much.", "leaf")
				delete(tree, "top/leaf/leaf_test.go")
			},
			[]string{
				"module example.com/codec: in the table, but nothing imports it",
				"module example.com/diff: in the table, but nothing imports it",
			},
		},
		"forbidden standard package": {
			func(_ *architecture, tree fstest.MapFS) { tree["top/b.go"] = goFile("", "top", "unsafe") },
			[]string{"top/b.go: imports unsafe: no need"},
		},
		"standard package allowed here": {
			func(_ *architecture, tree fstest.MapFS) { tree["top/leaf/b.go"] = goFile("", "leaf", "unsafe") },
			nil,
		},
		"two comments": {
			func(_ *architecture, tree fstest.MapFS) { tree["top/b.go"] = goFile("Package top again.", "top") },
			[]string{"top: 2 package comments, want one"},
		},
		"comment without its end": {
			func(_ *architecture, tree fstest.MapFS) {
				tree["top/leaf/doc.go"] = goFile("Leaf is small.", "leaf", "example.com/codec")
			},
			[]string{
				`top/leaf: the package comment does not begin with "Package leaf "`,
				"top/leaf: the package comment does not say what it is not for",
			},
		},
		"new directory in the root": {
			func(_ *architecture, tree fstest.MapFS) { tree["scripts/x.sh"] = &fstest.MapFile{} },
			[]string{"scripts: a directory that the root does not have"},
		},
		"ignored directory in the root": {
			func(_ *architecture, tree fstest.MapFS) { tree["dist/x"] = &fstest.MapFile{} },
			nil,
		},
		"Go file in the root": {
			func(_ *architecture, tree fstest.MapFS) {
				tree["tool.go"] = goFile("Package pactape is not for import.", "pactape")
			},
			[]string{
				`.: a package that is not in the table`, `.: the package comment does not begin with "Package . "`,
				"tool.go: a Go file in the root, which is no package",
			},
		},
		"init function": {
			func(_ *architecture, tree fstest.MapFS) {
				tree["top/b.go"] = &fstest.MapFile{Data: []byte("package top\n\ntype t struct{}\n\nfunc (t) init() {}\n\nfunc init() {}\n")}
			},
			[]string{"top/b.go: has an init function: state is built where the program is wired"},
		},
		"size": {
			func(_ *architecture, tree fstest.MapFS) {
				body := "func f() {\n" + strings.Repeat("\n", maxFunction) + "}\n"
				tree["top/b.go"] = &fstest.MapFile{Data: []byte("package top\n" + body)}
				tree["top/b_test.go"] = &fstest.MapFile{Data: []byte("package top\n" + body + strings.Repeat("//\n", maxFile))}
			},
			[]string{
				fmt.Sprintf("top/b.go: f has %d lines, want at most %d", maxFunction+2, maxFunction),
				fmt.Sprintf("top/b_test.go: %d lines, want at most %d", maxFunction+maxFile+3, maxFile),
			},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, tree := small()
			tc.change(&a, tree)
			got, err := a.check(tree)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("problems differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestArchitectureTable proves the real table: a tree made from it has no
// problem, and any import of ours that is not in it is reported.
func TestArchitectureTable(t *testing.T) {
	t.Parallel()
	a := house()
	a.modules = nil
	tree := make(fstest.MapFS)
	for _, p := range a.packages {
		tree[p.path+"/doc.go"] = rowFile(p, p.imports)
	}
	if got, err := a.check(tree); err != nil || len(got) > 0 {
		t.Fatalf("problems of a true tree: %q, %v", got, err)
	}
	for _, p := range a.packages {
		for _, target := range a.packages {
			if slices.Contains(p.imports, target.path) {
				continue
			}
			changed := maps.Clone(tree)
			changed[p.path+"/doc.go"] = rowFile(p, append(slices.Clone(p.imports), target.path))
			want := fmt.Sprintf("%s/doc.go: imports %s, which the table does not allow", p.path, target.path)
			if got, err := a.check(changed); err != nil || !slices.Contains(got, want) {
				t.Errorf("problems = %q, %v, want %q", got, err, want)
			}
		}
	}
}

// rowFile is a package with the given imports of ours.
func rowFile(p pkg, imports []string) *fstest.MapFile {
	var paths []string
	for _, imported := range imports {
		paths = append(paths, ownModule+"/"+imported)
	}
	name, doc := path.Base(p.path), "Package "
	if strings.HasPrefix(p.path, "cmd/") && !strings.Contains(strings.TrimPrefix(p.path, "cmd/"), "/") {
		name, doc = "main", "Command "
	}
	return goFile(doc+path.Base(p.path)+" is not for that.", name, paths...)
}
