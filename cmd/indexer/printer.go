package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// tableRows is how many rows a table lines up at a time: it must know the widths
// before it prints, and a result may be longer than memory.
const tableRows = 1000

// printer prints the rows of one result.
type printer struct {
	format  string
	out     *bufio.Writer
	rows    driver.Rows
	names   []string
	types   []string
	targets []any
}

func newPrinter(format string, out io.Writer, rows driver.Rows) (*printer, error) {
	p := &printer{format: format, out: bufio.NewWriter(out), rows: rows, names: rows.Columns()}

	for _, column := range rows.ColumnTypes() {
		if column.ScanType() == nil {
			return nil, fmt.Errorf("column %s has type %s, which cannot be shown: wrap it in toString()",
				column.Name(), column.DatabaseTypeName())
		}

		p.types = append(p.types, column.DatabaseTypeName())
		p.targets = append(p.targets, reflect.New(column.ScanType()).Interface())
	}

	return p, nil
}

func (p *printer) print() error {
	var err error

	switch p.format {
	case "table":
		err = p.table()
	case "csv":
		err = p.separated(',')
	case "tsv":
		err = p.separated('\t')
	case "json":
		err = p.json("[\n", ",\n", "\n]\n")
	default:
		err = p.json("", "\n", "\n")
	}

	if err != nil {
		return err
	}

	return p.out.Flush()
}

// each reads all rows.
func (p *printer) each(row func(values []any) error) error {
	values := make([]any, len(p.targets))

	for p.rows.Next() {
		if err := p.scan(); err != nil {
			return fmt.Errorf("read a row: %w", err)
		}

		for i, target := range p.targets {
			values[i] = plain(reflect.ValueOf(target).Elem(), p.types[i])
		}

		if err := row(values); err != nil {
			return err
		}
	}

	return p.rows.Err()
}

// scan reads one row. The client panics over a few types, such as a map of integers
// wider than 64 bits: for the user that is a column that cannot be shown.
func (p *printer) scan() (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("a column has a type that cannot be shown (%s): wrap it in toString(): %v",
				strings.Join(p.types, ", "), cause)
		}
	}()

	return p.rows.Scan(p.targets...)
}

func (p *printer) table() error {
	var (
		w = tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		n int
	)

	line := func(cells []string) error {
		_, err := fmt.Fprintln(w, strings.Join(cells, "\t"))

		return err
	}

	if err := line(p.names); err != nil {
		return err
	}

	err := p.each(func(values []any) error {
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = strings.NewReplacer("\t", " ", "\n", " ").Replace(text(v))
		}

		if err := line(texts); err != nil {
			return err
		}

		if n++; n%tableRows == 0 {
			return w.Flush()
		}

		return nil
	})
	if err != nil {
		return err
	}

	return w.Flush()
}

func (p *printer) separated(by rune) error {
	w := csv.NewWriter(p.out)
	w.Comma = by

	if err := w.Write(p.names); err != nil {
		return err
	}

	err := p.each(func(values []any) error {
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = text(v)
		}

		return w.Write(texts)
	})
	if err != nil {
		return err
	}

	w.Flush()

	return w.Error()
}

// json prints an object a row, with open before the first, between two, and end
// after the last.
func (p *printer) json(open, between, end string) error {
	before := open

	err := p.each(func(values []any) error {
		object, err := p.object(values)
		if err != nil {
			return err
		}

		_, err = p.out.WriteString(before + object)
		before = between

		return err
	})
	if err != nil {
		return err
	}

	if before == open { // there was no row
		end = open + strings.TrimLeft(end, "\n")
	}

	_, err = p.out.WriteString(end)

	return err
}

// object writes a row with its keys in the order of the columns.
func (p *printer) object(values []any) (string, error) {
	parts := make([]string, len(values))

	for i, v := range values {
		key, err := marshal(p.names[i])
		if err != nil {
			return "", err
		}

		value, err := marshal(v)
		if err != nil {
			return "", fmt.Errorf("column %s: %w", p.names[i], err)
		}

		parts[i] = key + ":" + value
	}

	return "{" + strings.Join(parts, ",") + "}", nil
}

// marshal leaves < and > as they are.
func marshal(v any) (string, error) {
	var b strings.Builder

	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)

	if err := e.Encode(v); err != nil {
		return "", err
	}

	return strings.TrimRight(b.String(), "\n"), nil
}
