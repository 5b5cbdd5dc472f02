package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"

	"github.com/pactape/pactape/proxy"
	"github.com/pactape/pactape/proxy/admin"
	"github.com/pactape/pactape/proxy/settings"
)

// newSettings makes the settings that begin as the flags say.
func (s *stack) newSettings() error {
	v := settings.Default()
	v.MaxExpectations = s.o.proxy.maxExpectations
	if s.o.logLevel != nil {
		v.LogLevel = s.o.logLevel.Level()
	}
	if s.o.tune != nil {
		if err := s.o.tune(&v); err != nil {
			return &usageError{err}
		}
	}
	var err error
	if s.settings, err = settings.New(v); err != nil {
		return &usageError{err}
	}
	return nil
}

// follow has the settings obeyed by those who do not look at them each time.
func (s *stack) follow(v settings.Values) {
	if s.o.logLevel != nil {
		s.o.logLevel.Set(v.LogLevel)
	}
	for _, space := range s.spaces.All() {
		space.Set.Limit(v.MaxExpectations)
		space.Log.Limit(v.MaxLogEntries)
	}
}

// isAlias reports whether a direct request is an admin call without the
// prefix: one of MockServer's, or a probe by the path that the settings name.
func (s *stack) isAlias(method, path string) bool {
	if admin.Alias(method, path) {
		return true
	}
	return (method == http.MethodGet || method == http.MethodHead) && path == s.settings.Get().LivenessPath
}

// binder is nil where no further ports may be bound.
func (s *stack) binder() func(context.Context, []int) ([]int, error) {
	if s.o.bindHost == "" {
		return nil
	}
	return s.bind
}

// bind serves further ports of the address that is listened on: all of them,
// or none.
func (s *stack) bind(ctx context.Context, ports []int) (bound []int, err error) {
	var opened []proxy.Listener
	defer func() {
		if err != nil {
			closeAll(opened)
		}
	}()
	for _, port := range ports {
		ln, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(s.o.bindHost, strconv.Itoa(port)))
		if err != nil {
			return nil, fmt.Errorf("port %d: port already in use or not allowed: %w", port, err)
		}
		opened = append(opened, proxy.Listener{Listener: ln})
		if addr, ok := ln.Addr().(*net.TCPAddr); ok {
			bound = append(bound, addr.Port)
		}
	}
	var refused error
	for _, ln := range opened {
		refused = errors.Join(refused, s.proxy.Listen(ln))
	}
	if refused != nil {
		return nil, refused
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listeners = append(s.listeners, opened...)
	return bound, nil
}

// hostOf is the host of a listen address; "0.0.0.0" stands for all.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err == nil && host == "" {
		return "0.0.0.0"
	}
	return host
}
