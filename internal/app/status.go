package app

import (
	"encoding/json"
	"fmt"
	"io"

	"diemhouse/pkg/store"
)

// Complete reports whether nothing is missing from the first block to the newest
// covered one: whether the figures are right as of their block. The parts of a status
// are read one after the other, so that both must say so.
func Complete(s store.Status) bool {
	return s.Figures != nil && s.Cursor > 0 && s.MissingBlocks == 0 && len(s.Gaps) == 0
}

// WriteStatus writes the status as JSON, with whether it is complete.
func WriteStatus(out io.Writer, s store.Status) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")

	err := e.Encode(struct {
		store.Status

		Complete bool `json:"complete"`
	}{s, Complete(s)})
	if err != nil {
		return fmt.Errorf("write the status: %w", err)
	}

	return nil
}
