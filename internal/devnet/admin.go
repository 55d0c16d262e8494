package devnet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"
)

// adminServer serves the devnet_ namespace, on loopback whatever Config.Host is:
// who may read the chain may not therefore reorganize it.
type adminServer struct {
	url    string
	rpc    *rpc.Server
	server *http.Server
	done   chan struct{}
}

func (d *Devnet) serveAdmin(ctx context.Context) error {
	if d.config.AdminPort < 0 {
		return nil
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(d.config.AdminPort))
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen for devnet_ calls: %w", err)
	}
	handler := rpc.NewServer()
	err = handler.RegisterName("devnet", &adminAPI{d})
	if err != nil {
		return errors.Join(fmt.Errorf("register devnet_ calls: %w", err), listener.Close())
	}
	const headerTimeout = 5 * time.Second
	a := &adminServer{
		url:    "http://" + listener.Addr().String(),
		rpc:    handler,
		server: &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout},
		done:   make(chan struct{}),
	}
	go func() {
		defer close(a.done)
		// It ends with ErrServerClosed when the devnet closes.
		_ = a.server.Serve(listener)
	}()
	d.admin = a
	return nil
}

func (a *adminServer) close() {
	if a == nil {
		return
	}
	_ = a.server.Close()
	<-a.done
	a.rpc.Stop()
}

// AdminURL is where the devnet_ namespace is served, empty when it is not.
func (d *Devnet) AdminURL() string {
	if d.admin == nil {
		return ""
	}
	return d.admin.url
}

// BlockID names a block in the answers of the devnet_ namespace.
type BlockID struct {
	Number hexutil.Uint64 `json:"number"`
	Hash   common.Hash    `json:"hash"`
}

// ReorgResult is the answer of devnet_reorg.
type ReorgResult struct {
	Ancestor BlockID `json:"ancestor"`
	OldHead  BlockID `json:"old_head"`
	NewHead  BlockID `json:"new_head"`
}

// adminAPI is the devnet_ namespace.
type adminAPI struct{ devnet *Devnet }

// Reorg is devnet_reorg(depth, length): length blocks replace the last depth ones,
// one more than depth unless said.
func (a *adminAPI) Reorg(depth int, length *int) (ReorgResult, error) {
	long := depth + 1
	if length != nil {
		long = *length
	}
	branch, err := a.devnet.ReorgTo(depth, long)
	if err != nil {
		return ReorgResult{}, err
	}
	return ReorgResult{
		Ancestor: BlockID{hexutil.Uint64(branch.Ancestor.Number.Uint64()), branch.Ancestor.Hash()},
		OldHead:  BlockID{hexutil.Uint64(branch.OldHead.Number.Uint64()), branch.OldHead.Hash()},
		NewHead:  BlockID{hexutil.Uint64(branch.NewHead.Number.Uint64()), branch.NewHead.Hash()},
	}, nil
}

// Mine is devnet_mine(n): n blocks of life at once.
func (a *adminAPI) Mine(n int) (BlockID, error) {
	_, err := a.devnet.Mine(n)
	if err != nil {
		return BlockID{}, err
	}
	return a.head(), nil
}

// SetCanonical is devnet_setCanonical(hash): back to a branch that was left.
func (a *adminAPI) SetCanonical(hash common.Hash) (BlockID, error) {
	err := a.devnet.SetCanonical(hash)
	if err != nil {
		return BlockID{}, err
	}
	return a.head(), nil
}

// EmitUnknown is devnet_emitUnknown(): a block with an event nobody knows.
func (a *adminAPI) EmitUnknown() (BlockID, error) { return a.do(EmitUnknown()) }

// SetCurve is devnet_setCurve(target, width), both in whole DIEM.
func (a *adminAPI) SetCurve(target, width uint64) (BlockID, error) {
	return a.do(SetCurve(target, width))
}

// SetEmission is devnet_setEmission(annual), in whole VVV a year.
func (a *adminAPI) SetEmission(annual uint64) (BlockID, error) { return a.do(emission(annual)) }

func (a *adminAPI) head() BlockID {
	head := a.devnet.Head()
	return BlockID{hexutil.Uint64(head.Number.Uint64()), head.Hash()}
}

func (a *adminAPI) do(actions ...Action) (BlockID, error) {
	block, _, err := a.devnet.Do(actions...)
	if err != nil {
		return BlockID{}, err
	}
	return BlockID{hexutil.Uint64(block.NumberU64()), block.Hash()}, nil
}
