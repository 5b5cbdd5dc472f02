package metrics

// Kinds of [Metrics.Tunnel] that are known beforehand.
const (
	// TunnelIntercepted: TLS ended here.
	TunnelIntercepted = "intercepted"
	// TunnelPassthrough: relayed unread, as configured.
	TunnelPassthrough = "passthrough"
	// TunnelBlind: relayed unread, the bytes being neither TLS nor HTTP.
	TunnelBlind = "blind"
	// TunnelPlain: HTTP in the clear inside CONNECT.
	TunnelPlain = "plain"
	// TunnelRefused: not opened.
	TunnelRefused = "refused"
	// TunnelWebSocket: an upgraded connection relayed both ways.
	TunnelWebSocket = "websocket"
)

func (m *Metrics) addConnections(f factory) {
	m.certsMinted = f.counter("pactape_certificates_minted_total",
		"Leaf certificates signed.")
	m.certCacheHits = f.counter("pactape_certificate_cache_hits_total",
		"TLS handshakes served with a certificate signed before.")
	m.clientTLSFails = f.counter("pactape_client_tls_failures_total",
		"TLS handshakes that clients broke off; mostly they do not trust the CA.")
	m.tunnels = newBoundedCounter(f.counters("pactape_tunnels_total",
		"Tunnels opened, by what happened inside.", "kind"),
		TunnelIntercepted, TunnelPassthrough, TunnelBlind, TunnelPlain, TunnelRefused, TunnelWebSocket)
	m.sideRequests = newBoundedCounter(f.counters("pactape_side_requests_total",
		"Requests sent besides answers, by what became of them.", "outcome"),
		SideSent, SideFailed, SideDropped)
	m.panics = f.counter("pactape_panics_total",
		"Panics contained while handling a request.")
}

// Outcomes of [Metrics.SideRequest].
const (
	// SideSent: it was answered.
	SideSent = "sent"
	// SideFailed: it was not.
	SideFailed = "failed"
	// SideDropped: too many were waiting, or the process was ending.
	SideDropped = "dropped"
)

// SideRequest counts one request that was to be sent besides an answer: by a
// before- or after-action, or by an action that is not the primary one. The
// outcome is one of the Side… constants.
func (m *Metrics) SideRequest(outcome string) {
	if m == nil {
		return
	}
	m.sideRequests.add(outcome, 1)
}

// CertMinted counts one leaf certificate signed.
func (m *Metrics) CertMinted() {
	if m == nil {
		return
	}
	m.certsMinted.Inc()
}

// CertCacheHit counts one leaf certificate found in the cache.
func (m *Metrics) CertCacheHit() {
	if m == nil {
		return
	}
	m.certCacheHits.Inc()
}

// ClientTLSFailure counts one TLS handshake that the client broke off.
func (m *Metrics) ClientTLSFailure() {
	if m == nil {
		return
	}
	m.clientTLSFails.Inc()
}

// Tunnel counts one tunnel by kind, one of the Tunnel… constants.
func (m *Metrics) Tunnel(kind string) {
	if m == nil {
		return
	}
	m.tunnels.add(kind, 1)
}

// Panic counts one panic that was contained.
func (m *Metrics) Panic() {
	if m == nil {
		return
	}
	m.panics.Inc()
}
