package childenv

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// A Shell is a syntax for setting variables.
type Shell string

// The shells that [Environment.Print] knows.
const (
	// POSIX is sh, bash, zsh, dash and ksh.
	POSIX Shell = "sh"
	// Fish is fish.
	Fish Shell = "fish"
	// PowerShell is Windows PowerShell and pwsh.
	PowerShell Shell = "powershell"
	// Cmd is the Windows command prompt.
	Cmd Shell = "cmd"
)

// shellNames are the names of programs by syntax.
func shellNames() map[Shell][]string {
	return map[Shell][]string{
		POSIX:      {"sh", "bash", "zsh", "dash", "ksh", "ash"},
		Fish:       {"fish"},
		PowerShell: {"powershell", "pwsh"},
		Cmd:        {"cmd"},
	}
}

// ParseShell is the syntax of a shell's name or path, such as the value of
// SHELL. An empty name is the platform's default.
func ParseShell(name, goos string) (Shell, error) {
	if name == "" {
		if goos == "windows" {
			return PowerShell, nil
		}
		return POSIX, nil
	}
	base := strings.TrimSuffix(strings.ToLower(filepath.Base(strings.ReplaceAll(name, `\`, "/"))), ".exe")
	for shell, names := range shellNames() {
		if slices.Contains(names, base) {
			return shell, nil
		}
	}
	return "", fmt.Errorf("unknown shell %q (expected one of sh, bash, zsh, fish, powershell, cmd)", name)
}

// Print writes one line a variable for the shell to evaluate:
//
//	eval "$(pactape env)"
func (e *Environment) Print(w io.Writer, shell Shell) error {
	var b strings.Builder
	for _, v := range e.variables {
		if strings.ContainsAny(v.Value, "\r\n") {
			return fmt.Errorf("print environment: %s has a line break", v.Name)
		}
		switch shell {
		case POSIX:
			fmt.Fprintf(&b, "export %s='%s'\n", v.Name, strings.ReplaceAll(v.Value, "'", `'\''`))
		case Fish:
			// In single quotes fish knows two escapes: \' and \\.
			value := strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(v.Value)
			fmt.Fprintf(&b, "set -gx %s '%s'\n", v.Name, value)
		case PowerShell:
			fmt.Fprintf(&b, "$Env:%s = '%s'\n", v.Name, strings.ReplaceAll(v.Value, "'", "''"))
		case Cmd:
			fmt.Fprintf(&b, "set \"%s=%s\"\r\n", v.Name, v.Value)
		default:
			return fmt.Errorf("print environment: unknown shell %q", shell)
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("print environment: %w", err)
	}
	return nil
}
