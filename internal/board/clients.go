package board

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// clients are limited in how often they ask.
type clients struct {
	limits Limits

	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	limiter *rate.Limiter
	used    time.Time
}

// mostClients bounds the memory; when there are more, those who asked long ago are
// forgotten, and if there are none, all.
const (
	mostClients = 10_000
	longAgo     = time.Minute
)

func newClients(l Limits) *clients { return &clients{limits: l, buckets: map[string]*bucket{}} }

// allow says whether the client may ask now.
func (c *clients) allow(client string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()

	b, known := c.buckets[client]
	if !known {
		if len(c.buckets) >= mostClients {
			c.forget()
		}

		b = &bucket{limiter: rate.NewLimiter(rate.Limit(c.limits.Rate), c.limits.Burst)}
		c.buckets[client] = b
	}

	b.used = time.Now()

	return b.limiter.Allow()
}

func (c *clients) forget() {
	for client, b := range c.buckets {
		if time.Since(b.used) > longAgo {
			delete(c.buckets, client)
		}
	}

	if len(c.buckets) >= mostClients {
		clear(c.buckets)
	}
}

// clientOf is the address that asks; of IPv6 the network of one household. A proxy on
// this machine says for whom it asks; nobody else's word is taken.
func clientOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}

	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}

	if forwarded := r.Header.Values("X-Forwarded-For"); addr.IsLoopback() && len(forwarded) > 0 {
		list := strings.Split(forwarded[len(forwarded)-1], ",")
		if said, err := netip.ParseAddr(strings.TrimSpace(list[len(list)-1])); err == nil {
			addr = said
		}
	}

	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if network, err := addr.Prefix(64); err == nil {
			return network.String()
		}
	}

	return addr.String()
}
