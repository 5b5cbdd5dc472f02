package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pactape/pactape/certs"
)

func newCA() *cobra.Command {
	ca := &cobra.Command{
		Use:   "ca",
		Short: "Show the certificate authority that clients must trust",
		Long: `pactape signs the certificates it shows to clients with a certificate authority
of your own, made on first use in the home directory. run sets the trust
variables of its command by itself; for other clients, trust this certificate.`,
		RunE: func(*cobra.Command, []string) error { return &usageError{fmt.Errorf("ca needs path or print")} },
	}
	ca.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return &usageError{fmt.Errorf("unknown command %q for ca", args[0])}
		}
		return nil
	}
	ca.AddCommand(
		newCACommand("path", "Print the path of the certificate", func(a *certs.Authority) string { return a.CertPath() + "\n" }),
		newCACommand("print", "Print the certificate, PEM", func(a *certs.Authority) string { return string(a.CertPEM()) }),
	)
	return ca
}

func newCACommand(name, short string, text func(*certs.Authority) string) *cobra.Command {
	var cert, key string
	cmd := &cobra.Command{Use: name, Short: short, Args: noArgs}
	addAuthorityFlags(cmd.Flags(), &cert, &key)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		home, err := homeDir(cmd.Flags())
		if err != nil {
			return err
		}
		authority, err := certs.Load(certs.Options{Home: home, CertFile: cert, KeyFile: key})
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(cmd.OutOrStdout(), text(authority))
		return err
	}
	return cmd
}
