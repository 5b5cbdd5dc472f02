// Package upstream sends requests to origin servers.
package upstream
