package board

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"diemhouse/dashboards/panel"
)

// DefaultAddr is where the board is served: on this machine only.
const DefaultAddr = "127.0.0.1:8080"

// Config says what is shown and where.
type Config struct {
	// Addr is the host and port to listen on. Empty means [DefaultAddr].
	Addr string
	// DSN is the warehouse, of a user who may only read: clickhouse:// or http(s)://.
	// Whoever the user is, queries are sent as read-only, and within limits.
	DSN string
	// Dashboards are the pages, the home of them first.
	Dashboards []panel.Dashboard
	// Annotations mark moments on every chart over time.
	Annotations []panel.Annotation
	// Wallet is the uid of the dashboard that addresses lead to.
	Wallet string
	// Log takes what goes wrong. The zero value is silent.
	Log zerolog.Logger
	// Metrics takes the board's own figures, when not nil.
	Metrics prometheus.Registerer
	// Poll is how often the warehouse is asked for a new block while somebody looks.
	// 0 means once a second.
	Poll time.Duration
	// Limits keep visitors from hurting the warehouse. Zero values mean the defaults.
	Limits Limits
}

// Limits bound what visitors can ask for.
type Limits struct {
	// Viewers is how many live pages may be open at once. 0 means 512.
	Viewers int
	// Views is how many different ones of them: dashboard, time range, variables.
	// 0 means 64.
	Views int
	// Rate is how many requests of the API a client may make each second, and Burst
	// how many at once. 0 means 20 and 100.
	Rate, Burst int
	// Queries is how many queries run at once. 0 means 4.
	Queries int
	// QueryTime bounds one query. 0 means 20 seconds.
	QueryTime time.Duration
	// Span is the longest time range. 0 means ten years.
	Span time.Duration
	// Cache is how many bytes of answers are kept. 0 means 64 MiB.
	Cache int
}

var errNoDashboards = errors.New("board: no dashboards given")

func (c Config) withDefaults() (Config, error) {
	if len(c.Dashboards) == 0 {
		return c, errNoDashboards
	}

	for _, d := range c.Dashboards {
		for _, v := range d.Variables {
			if _, err := patternOf(v); err != nil {
				return c, fmt.Errorf("dashboard %s, variable %s: %w", d.UID, v.Name, err)
			}
		}
	}

	if c.Addr == "" {
		c.Addr = DefaultAddr
	}

	if c.Poll == 0 {
		c.Poll = time.Second
	}

	c.Limits = c.Limits.withDefaults()

	return c, nil
}

func (l Limits) withDefaults() Limits {
	const year = 366 * 24 * time.Hour

	l.Viewers = or(l.Viewers, 512)
	l.Views = or(l.Views, 64)
	l.Rate = or(l.Rate, 20)
	l.Burst = or(l.Burst, 100)
	l.Queries = or(l.Queries, 4)
	l.QueryTime = or(l.QueryTime, 20*time.Second)
	l.Span = or(l.Span, 10*year)
	l.Cache = or(l.Cache, 64<<20)

	return l
}

func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}

	return value
}
