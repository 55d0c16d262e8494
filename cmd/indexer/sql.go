package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"diemhouse/internal/app"
	"diemhouse/internal/config"
)

type sqlCommand struct {
	config.Warehouse

	Query  string `arg:"" optional:"" help:"The query. Without it, or as '-', it is read from standard input."`
	Format string `default:"auto" enum:"auto,table,csv,tsv,json,jsonl" help:"table, csv, tsv, json (an array), jsonl (an object a line), or auto: table on a terminal, tsv elsewhere. A FORMAT in the query is refused."`
	JSON   bool   `name:"json" help:"The same as --format json."`
	Write  bool   `help:"Let the query change the warehouse. Without it ClickHouse refuses."`
}

// readOnly is ClickHouse's setting: 2 refuses writes and lets other settings change.
const readOnly = 2

// Validate refuses two formats. kong calls it.
func (c *sqlCommand) Validate() error {
	if c.JSON && c.Format != "auto" && c.Format != "json" {
		return fmt.Errorf("--json and --format %s ask for two things", c.Format)
	}

	return nil
}

// Run runs the query and prints its rows.
func (c *sqlCommand) Run(ctx context.Context, env *app.Env) error {
	query, err := c.text(os.Stdin)
	if err != nil {
		return err
	}

	return app.WithWarehouse(ctx, c.Warehouse, env.Log, func(w *app.Warehouse) (err error) {
		ctx := c.limited(ctx)

		if c.Write && !returnsRows(query) {
			return w.Conn().Exec(ctx, query)
		}

		if err := checkOutput(ctx, w.Conn(), query); err != nil {
			return err
		}

		rows, err := w.Conn().Query(ctx, query)
		if err != nil {
			return err
		}

		defer func() { err = errors.Join(err, rows.Close()) }()

		p, err := newPrinter(c.format(env), env.Out, rows)
		if err != nil {
			return err
		}

		return p.print()
	})
}

// limited makes ClickHouse refuse writes, unless they are wanted.
func (c *sqlCommand) limited(ctx context.Context) context.Context {
	if c.Write {
		return ctx
	}

	return clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"readonly": readOnly}))
}

func (c *sqlCommand) format(env *app.Env) string {
	if c.JSON {
		return "json"
	}

	if c.Format != "auto" {
		return c.Format
	}

	if app.IsTerminal(env.Out) {
		return "table"
	}

	return "tsv"
}

func (c *sqlCommand) text(stdin *os.File) (string, error) {
	if c.Query != "" && c.Query != "-" {
		return c.Query, nil
	}

	if c.Query == "" && app.IsTerminal(stdin) {
		return "", errors.New(`no query: give one, such as indexer sql "SELECT vvv_locked, mint_rate FROM supply_now"`)
	}

	text, err := io.ReadAll(stdin)
	if err != nil {
		return "", fmt.Errorf("read the query: %w", err)
	}

	if strings.TrimSpace(string(text)) == "" {
		return "", errors.New("no query: standard input was empty")
	}

	return string(text), nil
}

var (
	sqlText   = regexp.MustCompile(`'(?:[^'\\]|\\.)*'|` + "`(?:[^`\\\\]|\\\\.)*`")
	sqlFormat = regexp.MustCompile(` FORMAT (\w+)( SETTINGS .*)?$`)
	sqlFile   = regexp.MustCompile(` INTO OUTFILE `)
)

// checkOutput refuses a query that says itself how or where its rows are written:
// that is the client's affair, and the protocol passes over it. ClickHouse writes the
// query its own way first, so that there is one way. A query that it cannot read is
// left to fail by itself.
func checkOutput(ctx context.Context, conn driver.Conn, query string) error {
	var plain string
	if err := conn.QueryRow(ctx, "SELECT formatQuerySingleLineOrNull(?)", query).Scan(&plain); err != nil {
		return nil //nolint:nilerr // as above
	}

	plain = sqlText.ReplaceAllString(plain, "''")

	if sqlFile.MatchString(plain) {
		return errors.New("INTO OUTFILE is not for this command: leave it out and send the output to a file, as in --format csv … > FILE")
	}

	if m := sqlFormat.FindStringSubmatch(plain); m != nil {
		return fmt.Errorf("FORMAT %s is not for this command: leave it out and give --format table, csv, tsv, json or jsonl", m[1])
	}

	return nil
}

// returnsRows guesses by the first word, as drivers must: a statement that gives no
// rows cannot be read for them.
func returnsRows(query string) bool {
	word, _, _ := strings.Cut(strings.TrimLeft(query, " \t\r\n("), " ")

	switch strings.ToUpper(strings.TrimSpace(word)) {
	case "SELECT", "WITH", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "EXISTS", "VALUES":
		return true
	default:
		return false
	}
}
