package main

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"text/template"
	"time"
)

// report is everything that was measured.
type report struct {
	Machine  machine
	Chain    chainFlags
	Endpoint ready
	// History is none, bloom and receipts.
	History []filled
	Floors  []floor
	// Bloom and Inserts are how much history with bloom and the insert alone differed from
	// one time to the next.
	Bloom, Inserts extremes
	Others         compared
	Tables         []stored
	Columns        []stored
	Started        []started
	Live           []followed
	Idle           idled
}

// machine is what it was measured on.
type machine struct {
	CPU, Go string
	Cores   int
	// Memory is in bytes; Load is the load average before the run.
	Memory int64
	Load   string
}

func thisMachine() (machine, error) {
	m := machine{Go: runtime.Version(), Cores: runtime.NumCPU()}

	cpu, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return m, fmt.Errorf("read what machine this is: %w", err)
	}

	for line := range strings.Lines(string(cpu)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			m.CPU = strings.TrimSpace(value)
		}
	}

	memory, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return m, fmt.Errorf("read what machine this is: %w", err)
	}

	if _, err := fmt.Sscanf(string(memory), "MemTotal: %d kB", &m.Memory); err != nil {
		return m, fmt.Errorf("read the machine's memory: %w", err)
	}

	m.Memory *= 1024

	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return m, fmt.Errorf("read the load: %w", err)
	}

	m.Load = strings.Fields(string(load))[0]

	return m, nil
}

// Rounds is how often the first lines were measured.
func (r *report) Rounds() int { return rounds }

// Stored is all tables together, in bytes.
func (r *report) Stored() uint64 {
	var sum uint64
	for _, t := range r.Tables {
		sum += t.Bytes
	}

	return sum
}

// PerEvent is bytes an event.
func (r *report) PerEvent(bytes uint64) float64 {
	return float64(bytes) / float64(r.History[0].Rows.Events)
}

//go:embed report.md.tmpl others.md.tmpl
var reportText embed.FS

// print renders one of the report's templates.
func (r *report) print(out io.Writer, name string) error {
	t, err := template.New("").Funcs(template.FuncMap{
		"n":   func(v any) string { return thousands(fmt.Sprintf("%.0f", number(v))) },
		"mb":  func(v any) string { return thousands(fmt.Sprintf("%.0f", number(v)/1e6)) },
		"s":   func(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()) },
		"ms":  func(d time.Duration) string { return fmt.Sprintf("%.0f", float64(d)/1e6) },
		"f":   func(v float64) string { return fmt.Sprintf("%.2f", v) },
		"div": func(a, b any) float64 { return number(a) / number(b) },
	}).ParseFS(reportText, "*.tmpl")
	if err != nil {
		return err
	}

	if err := t.ExecuteTemplate(out, name, r); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}

	return nil
}

func (r *report) write(path string) error {
	if path == "" {
		return r.print(os.Stdout, "report.md.tmpl")
	}

	out, err := os.Create(path) //nolint:gosec // the user names it
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}

	return errors.Join(r.print(out, "report.md.tmpl"), out.Sync(), out.Close())
}

func number(v any) float64 {
	switch n := v.(type) {
	case int:
		return float64(n)
	case int64:
		return float64(n)
	case uint64:
		return float64(n)
	case float64:
		return n
	case time.Duration:
		return n.Seconds()
	default:
		panic(fmt.Sprintf("%T is no number", v)) // of the template above
	}
}

// thousands groups digits.
func thousands(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}

	return digits
}
