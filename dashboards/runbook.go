package dashboards

import (
	"regexp"
	"strings"

	"diemhouse/docs"
)

// notInAnchor is what the address of a heading leaves out of it.
var notInAnchor = regexp.MustCompile(`[^a-z0-9 -]`)

// runbook is what docs/OPERATIONS.md says below the heading with that address; nothing
// when there is no such heading.
func runbook(anchor string) string {
	var (
		out   strings.Builder
		found bool
	)

	for line := range strings.Lines(docs.Operations) {
		if strings.HasPrefix(line, "#") {
			title := strings.TrimSpace(strings.TrimLeft(line, "#"))
			found = strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(title), ""), " ", "-") == anchor

			continue
		}

		if found {
			out.WriteString(line)
		}
	}

	return strings.TrimSpace(out.String())
}
