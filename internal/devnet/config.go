package devnet

import (
	"time"
)

// ChainID is Base mainnet's, so that the warehouse takes the chain for Base.
const ChainID = 8453

// Defaults of Config.
const (
	DefaultActors       = 300
	DefaultSafeLag      = 15
	DefaultFinalizedLag = 60

	// shortestHistory still leaves a block to each step of the timeline.
	shortestHistory = time.Minute
	// historyStep is the average distance of blocks in a long history: nine a
	// day keep 400 days to 3,600 blocks.
	historyStep = 160 * time.Minute
	// densestHistory is the number of blocks below which a short history is not
	// thinned out, as long as they stay two seconds apart.
	densestHistory = 300
	liveStep       = 2 * time.Second
)

// Config says what chain to make. The zero value is a small one, with a minute
// of history, that stands still until Mine is called.
type Config struct {
	// Seed decides everything that happens. The same Seed, Now, History, Blocks
	// and Actors give the same head hash on one kind of processor.
	Seed uint64
	// History is the time from the first to the last block of the seeded
	// history. All of Venice's story fits in, whatever the length: launch,
	// airdrop, emission steps, the upgrade to DIEM, three curves. Less than a
	// minute means a minute.
	History time.Duration
	// Blocks is how many blocks the history has. 0 chooses: 3,600 for 400 days,
	// 300 for an hour, 30 for a minute.
	Blocks int
	// Now is the time of the history's last block. Zero means the present.
	Now time.Time
	// Actors is how many wallets live on the chain. 0 means DefaultActors.
	Actors int
	// BlockTime is the pace of live blocks after the history. 0 means none:
	// blocks come from Mine and from the actions only.
	BlockTime time.Duration
	// SafeLag and FinalizedLag say how many blocks the tags stay behind the
	// head. 0 means the defaults.
	SafeLag, FinalizedLag uint64
	// Host is the address to listen on. Empty means 127.0.0.1.
	Host string
	// HTTPPort and WSPort are the ports of JSON-RPC. 0 means any free one.
	HTTPPort, WSPort int
	// AdminPort is the loopback port of the devnet_ namespace. 0 means any free
	// one, a negative number means none.
	AdminPort int
	// RangeLimit makes eth_getLogs refuse wider ranges of blocks. 0 means none.
	RangeLimit uint64
	// LogQueryLimit is how many addresses or topics one query may name. 0 means
	// go-ethereum's default.
	LogQueryLimit int
	// Prune forgets the states of all blocks but the first and the newest 128, as a
	// node without an archive does.
	Prune bool
	// Progress is told of the history's growth, when not nil.
	Progress func(done, total int)
}

func (c Config) withDefaults() Config {
	if c.Now.IsZero() {
		c.Now = time.Now()
	}
	c.History = max(c.History, shortestHistory)
	if c.Blocks == 0 {
		c.Blocks = min(int(c.History/liveStep), max(densestHistory, int(c.History/historyStep)))
	}
	// A block needs a second of its own.
	c.Blocks = max(min(c.Blocks, int(c.History/time.Second)), 1)
	if c.Actors == 0 {
		c.Actors = DefaultActors
	}
	if c.SafeLag == 0 {
		c.SafeLag = DefaultSafeLag
	}
	if c.FinalizedLag == 0 {
		c.FinalizedLag = DefaultFinalizedLag
	}
	if c.Host == "" {
		c.Host = "127.0.0.1"
	}
	return c
}
