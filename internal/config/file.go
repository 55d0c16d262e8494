package config

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/alecthomas/kong"
	"gopkg.in/yaml.v3"
)

// file answers flags from a flat YAML map of flag names.
type file struct{ values map[string]any }

var _ kong.Resolver = (*file)(nil)

func newFile(r io.Reader) (kong.Resolver, error) {
	f := &file{}
	if err := yaml.NewDecoder(r).Decode(&f.values); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("config file: want a YAML map of flag names, such as 'data-dir: data': %w", err)
	}

	return f, nil
}

// Validate refuses a key that is no flag: a misspelt setting is not a default. One
// file serves all programs, so a flag that only another has is passed over.
func (f *file) Validate(app *kong.Application) error {
	shared, err := kong.New(&every{})
	if err != nil {
		return fmt.Errorf("shared flags: %w", err)
	}

	known := append(flagNames(shared.Model.Node), flagNames(app.Node)...)

	for _, key := range slices.Sorted(maps.Keys(f.values)) {
		if !slices.Contains(known, key) {
			return fmt.Errorf("config file: unknown key %q; keys are flag names without the dashes, such as data-dir", key)
		}
	}

	return nil
}

func flagNames(n *kong.Node) []string {
	names := make([]string, 0, len(n.Flags))

	for _, flag := range n.Flags {
		names = append(names, flag.Name)
	}

	for _, child := range n.Children {
		names = append(names, flagNames(child)...)
	}

	return names
}

// Resolve gives the file's value of a flag, nil when it has none or the environment
// has one.
func (f *file) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil //nolint:nilnil // kong's way to say "not here"
		}
	}

	return f.values[flag.Name], nil
}
