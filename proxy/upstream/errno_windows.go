package upstream

import "syscall"

// Winsock's numbers; the POSIX ones of package syscall are inventions there.
var (
	refusedErrnos     = []syscall.Errno{10061}               // WSAECONNREFUSED
	resetErrnos       = []syscall.Errno{10054, 10053, 10058} // WSAECONNRESET, WSAECONNABORTED, WSAESHUTDOWN
	unreachableErrnos = []syscall.Errno{10051, 10065, 10049} // WSAENETUNREACH, WSAEHOSTUNREACH, WSAEADDRNOTAVAIL
	timeoutErrnos     = []syscall.Errno{10060}               // WSAETIMEDOUT
)
