package main

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestReportRenders fills every table of the report with a line.
func TestReportRenders(t *testing.T) {
	t.Parallel()

	took := usage{Wall: 2 * time.Second, CPU: time.Second, Peak: 64e6}
	r := &report{
		History: []filled{
			{usage: took, Verify: "none", Rows: counted{Events: 1_000}},
			{usage: took, Verify: "bloom", Rows: counted{Events: 500}},
		},
		Floors: slices.Repeat([]floor{{Name: "a floor", Events: 1_000, Wall: time.Second, Bytes: 5e6}}, 3),
		Others: compared{Ponder: "1.2.3", Squid: "4.5.6", Addresses: 50, Rows: []other{
			{usage: took, Name: "ours", Blocks: 3_000, Events: 21_000},
			{usage: took, Name: "theirs", Blocks: 3_000, Events: 21_000, Start: 1500 * time.Millisecond, Served: served{Requests: 3_257, Bytes: 27e6}},
		}},
		Tables: []stored{{"events", 1_000, 40_000}}, Columns: []stored{{"events.kind", 1_000, 500}},
		Started: []started{{"empty", 0, time.Second}}, Live: []followed{{Pace: time.Second}},
	}

	var all, others bytes.Buffer

	require.NoError(t, r.print(&all, "report.md.tmpl"))
	require.NoError(t, r.print(&others, "others"))

	require.Contains(t, all.String(), others.String())
	require.Contains(t, others.String(), "| ours | 3,000 | 21,000 |  | 2.0 | 10,500 | 0 | 0 | 1.0 | 64 |")
	require.Contains(t, others.String(), "| theirs | 3,000 | 21,000 | 1.5 | 2.0 | 10,500 | 3,257 | 27 | 1.0 | 64 |")
	require.Contains(t, all.String(), "| a floor | 1,000 | 1.0 | 1,000 | 0.50 of it | 0.25 of it |")
	require.Contains(t, all.String(), "in the 2.0 s of the first line on 0 cores it took 0.0 s of processor time and the indexer 1.0 s, and history is 0.50 of")
	require.Contains(t, all.String(), "\n\n## Other indexers")
	require.Contains(t, all.String(), "\n\n## Live\n")
}

func TestMedianAndExtremes(t *testing.T) {
	t.Parallel()

	runs := []floor{{Events: 30, Wall: time.Second}, {Events: 10, Wall: time.Second}, {Events: 20, Wall: time.Second}}

	require.Equal(t, runs[2], median(runs))
	require.Equal(t, extremes{10, 30}, extremesOf(runs))
	require.Equal(t, 30, runs[0].Events, "in their order still")
}
