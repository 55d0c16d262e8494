package main

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"

	"diemhouse/internal/devnet"
)

// adminFlags reach a running devnet.
type adminFlags struct {
	Admin string `default:"http://127.0.0.1:8547" help:"The running devnet's devnet_ calls (it prints the address when it starts)." placeholder:"URL"`
}

// call makes one devnet_ call.
func (a adminFlags) call(ctx context.Context, result any, method string, args ...any) error {
	client, err := rpc.DialContext(ctx, a.Admin)
	if err != nil {
		return fmt.Errorf("reach the devnet at %s: %w", a.Admin, err)
	}
	defer client.Close()
	err = client.CallContext(ctx, result, method, args...)
	if err != nil {
		return fmt.Errorf("%s on the devnet at %s (is it running, and is this its admin address?): %w", method, a.Admin, err)
	}
	return nil
}

// callForBlock makes a call that answers with the new head, and prints it.
func (a adminFlags) callForBlock(ctx context.Context, method string, args ...any) error {
	var head devnet.BlockID
	err := a.call(ctx, &head, method, args...)
	if err != nil {
		return err
	}
	fmt.Printf("head  %d %s\n", head.Number, head.Hash)
	return nil
}

type reorgCommand struct {
	adminFlags

	Depth  int `arg:""      help:"How many of the last blocks are replaced."`
	Length int `default:"0" help:"By how many; fewer than the depth make the head fall. 0 means one more than the depth."`
}

// Run asks the devnet and prints what changed.
func (c *reorgCommand) Run(ctx context.Context) error {
	args := []any{c.Depth}
	if c.Length != 0 {
		args = append(args, c.Length)
	}
	var result devnet.ReorgResult
	err := c.call(ctx, &result, "devnet_reorg", args...)
	if err != nil {
		return err
	}
	fmt.Printf("ancestor  %d %s\nold head  %d %s\nnew head  %d %s\nback to the old branch: devnet canonical %s\n",
		result.Ancestor.Number, result.Ancestor.Hash, result.OldHead.Number, result.OldHead.Hash,
		result.NewHead.Number, result.NewHead.Hash, result.OldHead.Hash)
	return nil
}

type mineCommand struct {
	adminFlags

	Blocks int `arg:"" default:"1" help:"How many."`
}

// Run makes blocks of life.
func (c *mineCommand) Run(ctx context.Context) error {
	return c.callForBlock(ctx, "devnet_mine", c.Blocks)
}

type canonicalCommand struct {
	adminFlags

	Hash string `arg:"" help:"A block's hash; it becomes the head, whatever branch it is on."`
}

// Run makes a block the head.
func (c *canonicalCommand) Run(ctx context.Context) error {
	var hash common.Hash
	err := hash.UnmarshalText([]byte(c.Hash))
	if err != nil {
		return fmt.Errorf("no block is named by %s: want 0x and 64 hexadecimal digits: %w", c.Hash, err)
	}
	return c.callForBlock(ctx, "devnet_setCanonical", hash)
}

type curveCommand struct {
	adminFlags

	Target uint64 `arg:""        help:"Target supply, in whole DIEM."`
	Width  uint64 `default:"500" help:"Width of a bucket, in whole DIEM."`
}

// Run replaces the mint curve.
func (c *curveCommand) Run(ctx context.Context) error {
	return c.callForBlock(ctx, "devnet_setCurve", c.Target, c.Width)
}

type emissionCommand struct {
	adminFlags

	Annual uint64 `arg:"" help:"Emission, in whole VVV a year."`
}

// Run changes the emission rate.
func (c *emissionCommand) Run(ctx context.Context) error {
	return c.callForBlock(ctx, "devnet_setEmission", c.Annual)
}

type unknownCommand struct{ adminFlags }

// Run has staking emit an event that no decoder knows.
func (c *unknownCommand) Run(ctx context.Context) error {
	return c.callForBlock(ctx, "devnet_emitUnknown")
}
