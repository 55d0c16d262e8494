package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

const (
	// DefaultDatabase is used where the DSN names none.
	DefaultDatabase = "diemhouse"

	dialTimeout = 10 * time.Second
	// readTimeout is how long the server may be silent within an answer. A refresh of
	// statistics or a merge may hold it up; a dead connection is found by keep-alive.
	readTimeout = 5 * time.Minute
	maxConns    = 16
)

// sessionSettings are what the writer relies on, whatever the server's profile says.
func sessionSettings() clickhouse.Settings {
	return clickhouse.Settings{
		// An acknowledged insert is in the table: coverage is written after it.
		"async_insert": 0,
		// After A→B→A the same rows come again, and must not be dropped.
		"insert_deduplicate": 0,
		// An error of a view is one of the insert; a swallowed one would lose ledger rows.
		"materialized_views_ignore_errors":                    0,
		"ignore_materialized_views_with_dropped_target_table": 0,
		// A block that is mined again in another month is one place in two partitions.
		"do_not_merge_across_partitions_select_final": 0,
		// Our inserts have no place twice, and FINAL would put it together: to look for it row
		// by row took the server a sixth of its time for history.
		"optimize_on_insert": 0,
		// Columns travel as plain values and the server makes the dictionaries: clickhouse-go
		// would look every value of every row up in a map.
		"low_cardinality_allow_in_native_format": 0,
		"final":                                  0,
		"join_use_nulls":                         0,
		"session_timezone":                       "UTC",
	}
}

// parseDSN reads a DSN. Its errors hold nothing of it.
func parseDSN(dsn string) (*clickhouse.Options, error) {
	const form = "want clickhouse://user:password@host:9000/database or http(s)://user:password@host:8123/database"

	scheme, rest, ok := strings.Cut(dsn, "://")

	switch {
	case !ok:
		return nil, fmt.Errorf("read the ClickHouse address: no scheme: %s", form)
	case scheme != "clickhouse" && scheme != "tcp" && scheme != "http" && scheme != "https":
		return nil, fmt.Errorf("read the ClickHouse address: scheme %q: %s", scheme, form)
	case scheme == "https" && !strings.Contains(rest, "secure="):
		dsn += map[bool]string{true: "&", false: "?"}[strings.Contains(rest, "?")] + "secure=true"
	}

	options, err := clickhouse.ParseDSN(dsn)
	if err != nil {
		// The cause quotes parts of the address.
		if _, bad := errors.AsType[*url.Error](err); bad {
			err = errors.New("it is not a URL (characters such as @, / and % in the password are written %40, %2F, %25)")
		}

		return nil, fmt.Errorf("read the ClickHouse address: %w: %s", secretOfDSN(dsn).redact(err), form)
	}

	if options.Auth.Database == "" {
		options.Auth.Database = DefaultDatabase
	}

	if options.Auth.Username == "" {
		options.Auth.Username = "default"
	}

	if options.Compression == nil {
		options.Compression = &clickhouse.Compression{Method: clickhouse.CompressionLZ4}

		// Packing what travels no further than memory took a seventh of the indexer's time
		// for history.
		if onThisMachine(options.Addr) {
			options.Compression.Method = clickhouse.CompressionNone
		}
	}

	if options.DialTimeout == 0 {
		options.DialTimeout = dialTimeout
	}

	if options.ReadTimeout == 0 {
		options.ReadTimeout = readTimeout
	}

	if options.MaxOpenConns == 0 {
		options.MaxOpenConns = maxConns
	}

	if options.Settings == nil {
		options.Settings = clickhouse.Settings{}
	}

	maps.Copy(options.Settings, sessionSettings())
	CloseGently(options)

	return options, nil
}

// onThisMachine says whether every address is one of this machine alone.
func onThisMachine(addresses []string) bool {
	return !slices.ContainsFunc(addresses, func(address string) bool {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return true
		}

		ip, err := netip.ParseAddr(host)

		return host != "localhost" && (err != nil || !ip.IsLoopback())
	})
}

// connect opens the database, creating it first where the server does not know it.
// It asks the database system, which every server has: the embedded engine does not
// survive a native client that names a database it does not have.
func connect(ctx context.Context, options *clickhouse.Options) (driver.Conn, error) {
	elsewhere := *options
	elsewhere.Auth.Database = "system"

	admin, err := open(ctx, &elsewhere)
	if err != nil {
		return nil, err
	}

	name := options.Auth.Database

	var found uint64

	err = admin.QueryRow(ctx, "SELECT count() FROM system.databases WHERE name = ?", name).Scan(&found)
	if err == nil && found == 0 {
		err = admin.Exec(ctx, "CREATE DATABASE IF NOT EXISTS "+quoteName(name))
	}

	if err := errors.Join(err, admin.Close()); err != nil {
		return nil, fmt.Errorf("create database %s: %w", name, err)
	}

	return open(ctx, options)
}

func open(ctx context.Context, options *clickhouse.Options) (driver.Conn, error) {
	conn, err := clickhouse.Open(options)
	if err != nil {
		return nil, err
	}

	// A query, not a ping: over HTTP a ping does not look at user and database.
	if err := conn.Exec(ctx, "SELECT 1"); err != nil {
		return nil, errors.Join(err, conn.Close())
	}

	return conn, nil
}

// explain says what to do about a connection that could not be opened.
func explain(options *clickhouse.Options, err error) error {
	where := fmt.Sprintf("connect to ClickHouse at %s as %s, database %s",
		strings.Join(options.Addr, ", "), options.Auth.Username, options.Auth.Database)

	switch code := codeOf(err); {
	case code == codeAuthFailed || code == codeUnknownUser || code == codeWrongPassword || code == codeRequiredPassword:
		return fmt.Errorf("%s: the server refuses the user or the password; check --clickhouse: %w", where, err)
	case code == codeAccessDenied || code == codeReadonly:
		return fmt.Errorf("%s: the user may not create or use it; grant it CREATE, SELECT, INSERT and ALTER there: %w", where, err)
	case code != 0:
		return fmt.Errorf("%s: %w", where, err)
	case options.Protocol == clickhouse.HTTP:
		return fmt.Errorf("%s: nothing answers there as ClickHouse over HTTP; is the server up, and is this its HTTP port (8123)? %w", where, err)
	default:
		return fmt.Errorf("%s: nothing answers there; is the server up, and is this its native port (9000)? %w", where, err)
	}
}

func quoteName(name string) string {
	return "`" + strings.NewReplacer("\\", "\\\\", "`", "\\`").Replace(name) + "`"
}
