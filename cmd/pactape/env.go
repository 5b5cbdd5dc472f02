package main

import (
	"fmt"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/pactape/pactape/certs"
	"github.com/pactape/pactape/cmd/pactape/childenv"
)

func newEnv() *cobra.Command {
	var address, shellName, cert, key string
	var child childFlags
	cmd := &cobra.Command{
		Use:   "env",
		Short: "Print the variables that send a shell's programs through a running pactape",
		Long: `env prints, for your shell to evaluate, the proxy and trust variables that run
would set for its command.`,
		Example: `  eval "$(pactape env)"
  eval "$(pactape env --proxy http://checkout:x@127.0.0.1:1080)"   # record into session checkout`,
		Args: noArgs,
	}
	cmd.Flags().StringVar(&address, "proxy", "http://127.0.0.1:1080", "`URL` of the running pactape; a user name in it is the session")
	cmd.Flags().StringVar(&shellName, "shell", os.Getenv("SHELL"), "`name` of the shell: sh, bash, zsh, fish, powershell or cmd")
	addChildFlags(cmd, &child)
	addAuthorityFlags(cmd.Flags(), &cert, &key)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		shell, err := childenv.ParseShell(shellName, runtime.GOOS)
		if err != nil {
			return &usageError{fmt.Errorf("--shell: %w", err)}
		}
		proxyURL, err := parseURL("--proxy", address)
		if err != nil {
			return err
		}
		home, err := homeDir(cmd.Flags())
		if err != nil {
			return err
		}
		authority, err := certs.Load(certs.Options{Home: home, CertFile: cert, KeyFile: key})
		if err != nil {
			return err
		}
		env, err := childEnvironment(cmd, authority, proxyURL, child)
		if err != nil {
			return err
		}
		return env.Print(cmd.OutOrStdout(), shell)
	}
	return cmd
}
