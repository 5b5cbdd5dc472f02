package main

import (
	"errors"
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
	ca.Args = noCommand
	ca.AddCommand(newCAPath(), newCAPrint())
	return ca
}

func newCAPath() *cobra.Command {
	var bundle bool
	cmd := newCACommand("path", "Print the path of the certificate", func(cmd *cobra.Command, a *certs.Authority) (string, error) {
		if !bundle {
			return a.CertPath() + "\n", nil
		}
		path, err := a.BundlePath()
		if errors.Is(err, certs.ErrNoSystemRoots) {
			_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "pactape: note: the bundle holds our certificate alone: %v\n", err)
			err = nil
		}
		return path + "\n", err
	})
	cmd.Long = `path prints the path of the certificate, for programs that trust it besides what
they trust anyway. With --bundle it is that of a file with the roots of this
system and ours, for programs that trust one file and nothing else.`
	cmd.Example = `  NODE_EXTRA_CA_CERTS=$(pactape ca path) node client.js
  SSL_CERT_FILE=$(pactape ca path --bundle) python3 client.py`
	cmd.Flags().BoolVar(&bundle, "bundle", false, "the path of a file with the roots of this system as well")
	return cmd
}

func newCAPrint() *cobra.Command {
	return newCACommand("print", "Print the certificate, PEM", func(_ *cobra.Command, a *certs.Authority) (string, error) {
		return string(a.CertPEM()), nil
	})
}

func newCACommand(name, short string, text func(*cobra.Command, *certs.Authority) (string, error)) *cobra.Command {
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
		out, err := text(cmd, authority)
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(cmd.OutOrStdout(), out)
		return err
	}
	return cmd
}
