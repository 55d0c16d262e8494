// Package config holds the flags that the programs share, their environment
// twins (DIEMHOUSE_…) and the config file. A flag beats the environment, the
// environment beats the file, the file beats the default.
package config

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"
)

// EnvPrefix starts the environment twin of every flag: --data-dir is
// DIEMHOUSE_DATA_DIR.
const EnvPrefix = "DIEMHOUSE"

// envFile names the config file where no --config does.
const envFile = EnvPrefix + "_CONFIG"

// Options are what every program gives kong.
func Options(name, description, version string) ([]kong.Option, error) {
	options := []kong.Option{
		kong.Name(name),
		kong.Description(description),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.DefaultEnvars(EnvPrefix),
		kong.Configuration(newFile),
		kong.Vars{"version": version},
	}

	// kong reads the file of --config; the variable is read here.
	if path := os.Getenv(envFile); path != "" {
		r, err := os.Open(path) //nolint:gosec // the user says which file
		if err != nil {
			return nil, fmt.Errorf("%s: %w", envFile, err)
		}
		defer r.Close() //nolint:errcheck // read only

		resolver, err := newFile(r)
		if err != nil {
			return nil, fmt.Errorf("%s=%s: %w", envFile, path, err)
		}

		options = append(options, kong.Resolvers(resolver))
	}

	return options, nil
}
