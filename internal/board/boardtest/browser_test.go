package boardtest_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/board/boardtest"
)

// browser is Debian's Chromium, one process for all pages of a test.
type browser struct {
	ctx context.Context //nolint:containedctx // chromedp keeps the process in it
}

func newBrowser(tb testing.TB) *browser {
	tb.Helper()

	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(tb.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter"),
		chromedp.WSURLReadTimeout(boardtest.Patience),
	)

	allocator, stop := chromedp.NewExecAllocator(tb.Context(), options...)
	tb.Cleanup(stop)

	ctx, stop := chromedp.NewContext(allocator)
	tb.Cleanup(stop)
	require.NoError(tb, chromedp.Do(ctx), "start Chromium (make chromium installs it)")

	return &browser{ctx: ctx}
}

// screen is what a page is looked at with.
type screen struct {
	name          string
	width, height int64
	phone, dark   bool
}

var (
	desktop = screen{name: "desktop-light", width: 1440, height: 900}
	laptop  = screen{name: "laptop-dark", width: 1024, height: 700, dark: true}
	hand    = screen{name: "phone-light", width: 360, height: 640, phone: true}
	bed     = screen{name: "phone-dark", width: 390, height: 844, phone: true, dark: true}
)

// tab is a page that notes what goes wrong in it.
type tab struct {
	ctx    context.Context //nolint:containedctx // chromedp keeps the tab in it
	origin string
	// close ends the page. A browser keeps six connections to one server, and a page
	// that is looked at holds one.
	close context.CancelFunc

	mu     sync.Mutex
	faults []string
}

// open opens a page of the board. What the page complains of, and every request that
// fails or leaves the origin, is noted.
func (b *browser) open(tb testing.TB, s screen, origin, path string) *tab {
	tb.Helper()

	ctx, closeTab := chromedp.NewContext(b.ctx)
	tb.Cleanup(closeTab)

	ctx, stop := context.WithTimeout(ctx, 2*boardtest.Patience)
	tb.Cleanup(stop)

	p := &tab{ctx: ctx, origin: origin, close: closeTab}
	require.NoError(tb, chromedp.Listen(ctx, p.note))

	scheme := "light"
	if s.dark {
		scheme = "dark"
	}

	_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	require.NoError(tb, err)
	_, err = chromedp.Call(ctx, log.Enable, cdp.Empty{})
	require.NoError(tb, err)
	_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	require.NoError(tb, err)

	p.do(tb,
		chromedp.EmulateViewport(s.width, s.height, func(p *emulation.SetDeviceMetricsOverrideParams, touch *emulation.SetTouchEmulationEnabledParams) {
			p.Mobile, touch.Enabled = s.phone, s.phone
		}),
		chromedp.Navigate(origin+strings.TrimPrefix(path, "/")),
	)

	return p
}

func (p *tab) note(event any) {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			p.faultf("console %s: %v", e.Type, e.Args)
		}
	case *runtime.EventExceptionThrown:
		p.faultf("exception: %s %v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception)
	case *log.EventEntryAdded:
		p.faultf("log %s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL)
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, p.origin) && !strings.HasPrefix(e.Request.URL, "data:") {
			p.faultf("request leaves the page's origin: %s", e.Request.URL)
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			p.faultf("%d for %s", e.Response.Status, e.Response.URL)
		}
	case *network.EventLoadingFailed:
		if !e.Canceled { // a stream that the page closes itself is no failure
			p.faultf("request failed: %s %s", e.Type, e.ErrorText)
		}
	}
}

func (p *tab) faultf(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()

	p.faults = append(p.faults, fmt.Sprintf(format, args...))
}

// clean says that nothing has gone wrong so far.
func (p *tab) clean(tb testing.TB) {
	tb.Helper()

	p.mu.Lock()
	defer p.mu.Unlock()

	require.Empty(tb, p.faults)
}

func (p *tab) do(tb testing.TB, actions ...chromedp.Action[chromedp.Void]) {
	tb.Helper()
	require.NoError(tb, chromedp.Do(p.ctx, actions...))
}

// eval gives what a script says.
func eval[T any](tb testing.TB, p *tab, script string) T {
	tb.Helper()

	out, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	require.NoError(tb, err, script)

	return out
}

// until waits for a script to say true.
func (p *tab) until(tb testing.TB, script, what string) {
	tb.Helper()

	_, err := chromedp.Run(p.ctx, chromedp.Poll[bool](script, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(boardtest.Patience)))
	require.NoError(tb, err, "%s\nfaults: %s\npage: %s", what, p.faults, eval[string](tb, p, `document.body.innerText.slice(0, 2000)`))
}

// settled waits until every panel shows what it has.
func (p *tab) settled(tb testing.TB) {
	tb.Helper()
	p.until(tb, `document.querySelectorAll('.panel').length > 0 && !document.querySelector('.panel[data-state="loading"]')`, "panels are still loading")
}
