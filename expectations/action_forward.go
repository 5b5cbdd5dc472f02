package expectations

import (
	"errors"
	"net"
	"strconv"
)

// Forward has the request answered by a server (MockServer httpForward). The
// Host header becomes the server's, all else is sent as it was received.
type Forward struct {
	// Host is the server's name or address, without port. It is not empty.
	Host string
	// Port is the server's; 0 is 80, as in MockServer, whatever the scheme.
	Port int
	// Secure says that the server is spoken to over TLS.
	Secure bool
	// Delay is waited before the request is sent.
	Delay Delay
}

// Kind is "httpForward".
func (*Forward) Kind() string { return "httpForward" }

func (*Forward) isAction() {}

func (f *Forward) check() error {
	if f == nil || f.Host == "" {
		return errors.New("an httpForward needs a host")
	}
	return nil
}

// Authority is the server as "host:port", and as "host" where the port is the
// scheme's default: what its Host header says.
func (f *Forward) Authority() string {
	port := f.Port
	if port == 0 {
		port = 80
	}
	if port == 80 && !f.Secure || port == 443 && f.Secure {
		if net.ParseIP(f.Host) != nil && net.ParseIP(f.Host).To4() == nil {
			return "[" + f.Host + "]"
		}
		return f.Host
	}
	return net.JoinHostPort(f.Host, strconv.Itoa(port))
}
