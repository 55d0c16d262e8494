package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi"

	"diemhouse/pkg/decode"
	"diemhouse/pkg/venice"
)

// Endpoints are the RPC URLs, or an error that says how to give one.
func (c *Chain) Endpoints() ([]string, error) {
	urls := make([]string, 0, len(c.RPC))
	for _, value := range c.RPC {
		urls = append(urls, strings.Fields(value)...)
	}

	if len(urls) == 0 {
		return nil, errors.New("no endpoint: give one or more --rpc URL (or " + EnvPrefix + "_RPC), " +
			"such as --rpc https://mainnet.base.org; a key of your own makes history faster")
	}

	return urls, nil
}

// Addresses is the deployment to watch: Base's, overridden by --deployment.
func (c *Contracts) Addresses() (venice.Deployment, error) {
	base := venice.Base()
	if c.Deployment == "" {
		return base, nil
	}

	r, err := os.Open(c.Deployment)
	if err != nil {
		return base, fmt.Errorf("--deployment: %w", err)
	}
	defer r.Close() //nolint:errcheck // read only

	d, err := venice.ParseDeployment(r, base)
	if err != nil {
		return base, fmt.Errorf("--deployment %s: %w", c.Deployment, err)
	}

	return d, nil
}

// Decoder knows the deployment's events and those of the --abi files.
func (c *Contracts) Decoder(d venice.Deployment) (*decode.Decoder, error) {
	abis := make(map[decode.Contract][]abi.ABI, len(c.ABI))

	for _, contract := range slices.Sorted(maps.Keys(c.ABI)) {
		if !slices.Contains(decode.Contracts(), decode.Contract(contract)) {
			return nil, fmt.Errorf("--abi %s=…: no such contract; one of vvv, staking, diem, airdrop", contract)
		}

		for path := range strings.SplitSeq(c.ABI[contract], ",") {
			parsed, err := parseABIFile(contract, path)
			if err != nil {
				return nil, err
			}

			abis[decode.Contract(contract)] = append(abis[decode.Contract(contract)], parsed)
		}
	}

	decoder, err := decode.New(decode.Config{Deployment: d, ABIs: abis})
	if err != nil {
		return nil, fmt.Errorf("build the decoder: %w", err)
	}

	return decoder, nil
}

func parseABIFile(contract, path string) (abi.ABI, error) {
	r, err := os.Open(path) //nolint:gosec // the user says which file
	if err != nil {
		return abi.ABI{}, fmt.Errorf("--abi %s: %w", contract, err)
	}
	defer r.Close() //nolint:errcheck // read only

	parsed, err := decode.ParseABI(contract, r)
	if err != nil {
		return abi.ABI{}, fmt.Errorf("--abi %s=%s: %w", contract, path, err)
	}

	return parsed, nil
}
