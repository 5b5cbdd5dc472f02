package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Limits of size, in lines. What tells code that can be read from code that
// cannot is its longest parts, not its average.
const (
	maxFile     = 400
	maxFunction = 60
)

// An architecture is what a source tree is held to.
type architecture struct {
	packages []pkg
	modules  []module
	bans     map[string]ban
	topLevel []string
}

// A source is one parsed Go file.
type source struct {
	name string // path from the root
	test bool
	file *ast.File
}

// imports are the file's import paths.
func (s source) imports() []string {
	var paths []string
	for _, spec := range s.file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// report collects what is wrong.
type report struct{ problems []string }

func (r *report) addf(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

// check parses every Go file of the tree and returns what is wrong with it,
// sorted, each problem once. It reads the files itself: a test that asks the
// go command is answered from the test cache after a forbidden import came in.
func (a architecture) check(tree fs.FS) ([]string, error) {
	fset := token.NewFileSet()
	sources, err := parseTree(fset, tree)
	if err != nil {
		return nil, err
	}
	r := &report{}
	a.checkTable(r)
	a.checkPackages(r, sources)
	a.checkImports(r, sources)
	a.checkModules(r, sources)
	a.checkTopLevel(r, tree)
	for _, files := range sources {
		for _, s := range files {
			checkFile(r, fset, s)
		}
	}
	slices.Sort(r.problems)
	return slices.Compact(r.problems), nil
}

// skipped says that a directory has no code of ours: what the go command
// skips, and installed packages of other languages.
func skipped(name string) bool {
	return name == "testdata" || name == "vendor" || name == "node_modules" ||
		name != "." && strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

// parseTree parses the Go files of a tree by directory, build constraints
// disregarded: imports on other platforms count too.
func parseTree(fset *token.FileSet, tree fs.FS) (map[string][]source, error) {
	sources := make(map[string][]source)
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && skipped(entry.Name()):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(fset, name, data, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := path.Dir(name)
		sources[dir] = append(sources[dir], source{name, strings.HasSuffix(name, "_test.go"), file})
		return nil
	})
	return sources, err
}

// checkTable holds the table itself to its rule: imports go downwards.
func (a architecture) checkTable(r *report) {
	var above []string
	for _, p := range a.packages {
		if slices.Contains(above, p.path) {
			r.addf("%s: stands in the table twice", p.path)
		}
		above = append(above, p.path)
		for _, own := range p.imports {
			if slices.Contains(above, own) {
				r.addf("%s: the table lets it import %s, which does not stand below it", p.path, own)
			}
			if strings.HasPrefix(own, "cmd/") && !strings.HasPrefix(p.path, "cmd/") {
				r.addf("%s: the table lets it import %s: commands are imported by none", p.path, own)
			}
		}
	}
}

// checkPackages compares the tree with the table, and asks each package for
// its comment.
func (a architecture) checkPackages(r *report, sources map[string][]source) {
	for _, p := range a.packages {
		if !slices.ContainsFunc(sources[p.path], func(s source) bool { return !s.test }) {
			r.addf("%s: in the table, but there is no such package", p.path)
		}
	}
	for dir, files := range sources {
		if !slices.ContainsFunc(a.packages, func(p pkg) bool { return p.path == dir }) {
			r.addf("%s: a package that is not in the table", dir)
		}
		checkComment(r, dir, files)
	}
}

// checkComment asks for one package comment that says what the package is,
// and, but for commands and examples, what it is not for.
func checkComment(r *report, dir string, files []source) {
	var texts []string
	command := false
	for _, s := range files {
		if s.test {
			continue
		}
		command = command || s.file.Name.Name == "main"
		if s.file.Doc != nil {
			texts = append(texts, s.file.Doc.Text())
		}
	}
	if len(texts) != 1 {
		r.addf("%s: %d package comments, want one", dir, len(texts))
		return
	}
	want := "Package " + path.Base(dir) + " "
	if command {
		want = "Command " + path.Base(dir) + " "
	}
	if !strings.HasPrefix(texts[0], want) {
		r.addf("%s: the package comment does not begin with %q", dir, want)
	}
	example := slices.Contains(strings.Split(dir, "/"), "example")
	if !example && !strings.Contains(texts[0], "not for") {
		r.addf("%s: the package comment does not say what it is not for", dir)
	}
}

// own is the path of an import below our module's root, "" for the root
// itself, and whether it is ours.
func own(imported string) (string, bool) {
	if imported == ownModule {
		return "", true
	}
	return strings.CutPrefix(imported, ownModule+"/")
}

// checkImports compares imports of ours with the table.
func (a architecture) checkImports(r *report, sources map[string][]source) {
	for _, p := range a.packages {
		used := make(map[string]bool)
		for _, s := range sources[p.path] {
			for _, imported := range s.imports() {
				if target, ok := own(imported); ok && !s.test {
					used[target] = true
					if !slices.Contains(p.imports, target) {
						r.addf("%s: imports %s, which the table does not allow", s.name, target)
					}
				}
			}
		}
		for _, target := range p.imports {
			if !used[target] && len(sources[p.path]) > 0 {
				r.addf("%s: the table allows %s, which it no longer imports", p.path, target)
			}
		}
	}
}

// checkModules compares imports of third parties and of the standard library
// with their tables.
func (a architecture) checkModules(r *report, sources map[string][]source) {
	used := make(map[string]bool)
	for dir, files := range sources {
		for _, s := range files {
			for _, imported := range s.imports() {
				if b, ok := a.bans[imported]; ok && !s.test && !slices.Contains(b.except, dir) {
					r.addf("%s: imports %s: %s", s.name, imported, b.why)
				}
				first, _, _ := strings.Cut(imported, "/")
				if _, ours := own(imported); ours || !strings.Contains(first, ".") {
					continue
				}
				m, ok := a.moduleOf(imported)
				if !ok {
					r.addf("%s: imports %s, whose module is not in the table", s.name, imported)
					continue
				}
				used[m.path] = true
				if !m.allows(dir, s.test) {
					r.addf("%s: imports %s, which belongs to %s: %s", s.name, imported, m.owners(), m.why)
				}
			}
		}
	}
	for _, m := range a.modules {
		if !used[m.path] {
			r.addf("module %s: in the table, but nothing imports it", m.path)
		}
	}
}

func (a architecture) moduleOf(imported string) (module, bool) {
	for _, m := range a.modules {
		if imported == m.path || strings.HasPrefix(imported, m.path+"/") {
			return m, true
		}
	}
	return module{}, false
}

// allows reports whether a file of the package may import m. Tests of a
// package may import what the package may.
func (m module) allows(dir string, test bool) bool {
	return test && m.tests || slices.Contains(m.in, dir) || slices.Contains(m.in, "*")
}

func (m module) owners() string {
	if len(m.in) == 0 {
		return "tests"
	}
	return strings.Join(m.in, " and ")
}

// checkTopLevel holds the root to its directories, and to no Go file.
func (a architecture) checkTopLevel(r *report, tree fs.FS) {
	entries, err := fs.ReadDir(tree, ".")
	if err != nil {
		r.addf(".: %v", err)
	}
	ignored := []string{"bin", "dist", "contracts", "node_modules"} // see .gitignore
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case strings.HasPrefix(name, "."), slices.Contains(ignored, name):
		case entry.IsDir() && !slices.Contains(a.topLevel, name):
			r.addf("%s: a directory that the root does not have", name)
		case !entry.IsDir() && path.Ext(name) == ".go":
			r.addf("%s: a Go file in the root, which is no package", name)
		}
	}
}

// checkFile asks for no init functions and for bounded size. Tests may have
// long functions: theirs are tables.
func checkFile(r *report, fset *token.FileSet, s source) {
	if n := fset.File(s.file.FileStart).LineCount(); n > maxFile {
		r.addf("%s: %d lines, want at most %d", s.name, n, maxFile)
	}
	for _, decl := range s.file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if f.Recv == nil && f.Name.Name == "init" {
			r.addf("%s: has an init function: state is built where the program is wired", s.name)
		}
		if n := fset.Position(f.End()).Line - fset.Position(f.Pos()).Line + 1; n > maxFunction && !s.test {
			r.addf("%s: %s has %d lines, want at most %d", s.name, f.Name.Name, n, maxFunction)
		}
	}
}
