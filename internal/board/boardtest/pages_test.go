package boardtest_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"diemhouse/dashboards"
	"diemhouse/internal/board"
	"diemhouse/internal/board/boardtest"
	"diemhouse/internal/testenv"
	"diemhouse/pkg/store"
)

// testPages opens every dashboard on every screen and looks for what is wrong.
func testPages(t *testing.T, b *board.Board, browser *browser) {
	t.Helper()

	for _, d := range dashboards.All() {
		screens := []screen{desktop, bed}
		if d.UID == dashboards.SupplyUID {
			screens = append(screens, laptop, hand)
		}

		for _, s := range screens {
			t.Run(d.UID+" "+s.name, func(t *testing.T) {
				p := browser.open(t, s, b.URL(), "/d/"+d.UID)
				p.settled(t)

				require.Empty(t, eval[[]string](t, p, `[...document.querySelectorAll('.panel[data-state="error"]')].map((e) => e.innerText)`))
				require.Len(t, d.Panels(), eval[int](t, p, `document.querySelectorAll('.panel').length`))
				require.LessOrEqual(t, eval[int64](t, p, `document.documentElement.scrollWidth`), s.width, "the page is wider than the screen")
				require.Empty(t, eval[[]string](t, p, nameless), "controls that a screen reader cannot name")
				require.NotEmpty(t, eval[string](t, p, `document.querySelector('#moment').dataset.block`))
				require.Regexp(t, `^$|^These figures are old`, eval[string](t, p, `document.querySelector('#notice').textContent`))

				if d.UID == dashboards.SupplyUID {
					require.Empty(t, eval[[]string](t, p, emptyFigures), "headline figures without a value")
				}

				p.clean(t)
			})
		}
	}
}

const (
	nameless = `[...document.querySelectorAll('button, a, input, select, summary, [role="img"]')]
  .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim() || e.title))
  .map((e) => e.outerHTML)`
	emptyFigures = `[...document.querySelectorAll('.panel.stat, .panel.gauge')]
  .filter((e) => e.dataset.state !== 'ready' || !/\d/.test(e.querySelector('.body').textContent)).map((e) => e.innerText)`
	cursorShown = `Number(document.querySelector('#moment').dataset.block)`
)

// testLive mines and abandons blocks under an open page: its figures move without a
// reload, and are the contract's own to the wei.
func testLive(t *testing.T, w *world, b *board.Board, browser *browser) {
	t.Helper()

	p := browser.open(t, desktop, b.URL(), "/?exact=1")
	p.settled(t)
	p.do(t, chromedp.Evaluate[chromedp.Void](`globalThis.neverReloaded = true`))

	for range 3 {
		showsTruth(t, w, p, w.mine(t))
	}

	branch, err := w.chain.Reorg(3)
	require.NoError(t, err)
	showsTruth(t, w, p, branch.NewHead.Number.Uint64())

	require.True(t, eval[bool](t, p, `globalThis.neverReloaded === true`))
	p.clean(t)
}

// showsTruth waits for the block and compares every figure in wei.
func showsTruth(t *testing.T, w *world, p *tab, block uint64) {
	t.Helper()
	p.until(t, fmt.Sprintf(`%s === %d && [...document.querySelectorAll('#panel-40 tbody tr')].every((row) => row.lastElementChild.textContent === '%d')`,
		cursorShown, block, block), fmt.Sprintf("block %d did not come to the page", block))

	truth, err := w.chain.Oracle().Figures(t.Context(), block)
	require.NoError(t, err)

	shown := eval[map[string]string](t, p, `Object.fromEntries([...document.querySelectorAll('#panel-40 tbody tr')].map((row) => [row.cells[0].textContent, row.cells[1].textContent]))`)
	require.Equal(t, map[string]string{
		"VVV supply": truth.VVVTotalSupply.Dec(), "VVV burned": truth.VVVBurned.Dec(), "VVV staked": truth.SVVVTotalSupply.Dec(),
		"VVV locked": truth.Locked.Dec(), "DIEM supply": truth.DiemTotalSupply.Dec(), "DIEM staked": truth.DiemTotalStaked.Dec(),
	}, shown, "at block %d", block)

	// The large figure says the same in tokens, to the last digit.
	p.until(t, fmt.Sprintf(`document.querySelector('#panel-1 .value').title.includes(': %s wei')`, truth.Locked.Dec()), "the large figure is not the table's")
	require.Equal(t, tokens(truth.Locked.Dec()), eval[string](t, p, `document.querySelector('#panel-1 .number').textContent.replaceAll(',', '')`))
}

// tokens writes wei with a point.
func tokens(wei string) string {
	return strings.TrimRight(strings.TrimRight(wei[:len(wei)-18]+"."+wei[len(wei)-18:], "0"), ".")
}

// testAudit shows the last audit's result, where there is one.
func testAudit(t *testing.T, w *world, b *board.Board, browser *browser) {
	t.Helper()

	p := browser.open(t, desktop, b.URL(), "/")
	p.settled(t)
	require.Contains(t, eval[string](t, p, `document.querySelector('#moment').textContent`), "not audited yet")

	block := w.audit(t)

	w.mine(t)
	p.until(t, `document.querySelector('#moment').textContent.includes('audited: 0 wei off')`, "an audit is not shown")
	require.NotEmpty(t, eval[string](t, p, fmt.Sprintf(`document.querySelector('#moment [title*="At block %s "]').title`, thousands(block))))
	p.clean(t)
}

func thousands(n uint64) string {
	if n < 1000 {
		return strconv.FormatUint(n, 10)
	}

	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// testChoices changes what the viewer can choose: it is in the address, survives a
// reload, and goes along to other dashboards.
func testChoices(t *testing.T, b *board.Board, browser *browser) {
	t.Helper()

	p := browser.open(t, desktop, b.URL(), "/")
	p.settled(t)

	choose := func(name, value string) {
		p.do(t, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(
			`(() => { const e = document.querySelector('[name="%s"]'); e.value = '%s'; e.dispatchEvent(new Event('change')); })()`, name, value)))
	}

	choose("range", "now-7d")
	choose("refresh", "30s")
	p.until(t, `location.search === '?from=now-7d&refresh=30s'`, "the address does not say what was chosen")
	p.settled(t)
	require.Equal(t, "?from=now-7d&refresh=30s", eval[string](t, p, `document.querySelector('nav a:last-child').search`))

	p.do(t, chromedp.Reload())
	p.settled(t)
	require.Equal(t, []string{"now-7d", "30s"}, eval[[]string](t, p, `['range', 'refresh'].map((n) => document.querySelector('[name="' + n + '"]').value)`))

	// Dragging over a chart takes its time for the whole page; going back undoes it.
	box := eval[[]float64](t, p, `(() => { const e = document.querySelector('#panel-20 .u-over'); e.scrollIntoView({ block: 'center' });
		const r = e.getBoundingClientRect(); return [r.left + r.width * .25, r.left + r.width * .5, r.top + r.height / 2]; })()`)
	p.do(t,
		chromedp.MouseEvent(chromedp.MousePressed, box[0], box[2], chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseMoved, box[1], box[2], chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseReleased, box[1], box[2], chromedp.ButtonLeft),
	)
	p.until(t, `/^\?from=\d{13}&to=\d{13}&refresh=30s$/.test(location.search)`, "dragging over a chart chose no time")
	p.settled(t)

	chosen := eval[[]float64](t, p, `['from', 'to'].map((n) => Number(new URLSearchParams(location.search).get(n)))`)
	require.InDelta(t, 7*24*3600*1000/4, chosen[1]-chosen[0], 7*24*3600*1000/20)

	p.do(t, chromedp.NavigateBack())
	p.until(t, `location.search === '?from=now-7d&refresh=30s'`, "going back did not undo the choice")
	p.settled(t)
	p.clean(t)
}

// testKeyboard does without a mouse.
func testKeyboard(t *testing.T, b *board.Board, browser *browser) {
	t.Helper()

	p := browser.open(t, desktop, b.URL(), "/")
	p.settled(t)
	p.do(t, chromedp.KeyEvent(kb.Tab))
	require.Equal(t, "Skip to the figures", eval[string](t, p, `document.activeElement.textContent`))

	p.do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector('#panel-20 .plot').focus()`), chromedp.KeyEvent(kb.ArrowLeft))
	p.until(t, `/\d{4}-\d{2}-\d{2}/.test(document.querySelector('#panel-20 .where')?.textContent)`, "arrow keys do not move along a chart")

	p.do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector('#panel-40 th button').focus()`), chromedp.KeyEvent(kb.Enter))
	p.until(t, `document.querySelector('#panel-40 th').getAttribute('aria-sort') === 'ascending'`, "Enter on a column does not sort")
	require.Equal(t, "Figure▴", eval[string](t, p, `document.activeElement.textContent`), "sorting keeps the focus")

	p.do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector('#panel-20 .flip').focus()`), chromedp.KeyEvent(kb.Enter))
	p.until(t, `document.querySelectorAll('#panel-20 tbody tr').length > 10`, "a chart does not show its rows")
	p.clean(t)
}

// testNumbers reads the numbers that people see.
func testNumbers(t *testing.T, b *board.Board, browser *browser) {
	t.Helper()

	p := browser.open(t, desktop, b.URL(), "/api/v1/dashboards")

	for script, want := range map[string]string{
		`f.format(8951234.567, 'vvv', 2)`:                      "8.95M VVV",
		`f.format(499.979, 'rate', 2)`:                         "499.98 VVV/DIEM",
		`f.format(1234.5, 'rate', 2)`:                          "1,234.50 VVV/DIEM",
		`f.format(999999, 'vvv', 2)`:                           "1.00M VVV",
		`f.format(-38211.25, 'diem', 2)`:                       "-38.21K DIEM",
		`f.format(0, 'vvv', 2)`:                                "0.00 VVV",
		`f.format(0.00042, 'vvv', 2)`:                          "0.00042 VVV",
		`f.format(0.4132, 'share', 2)`:                         "41.32 %",
		`f.format(2500000, 'vvv_per_year', 2)`:                 "2.50M VVV/year",
		`f.format(54000123, 'number', 0)`:                      "54000123",
		`f.format(54000123, 'count', 0)`:                       "54,000,123",
		`f.format(90, 'seconds', 1)`:                           "1.5 min",
		`f.format(3 * 86400, 'seconds', 1)`:                    "3 days",
		`f.format(250, 'milliseconds', 0)`:                     "250 ms",
		`f.format(1536, 'bytes', 1)`:                           "1.5 KiB",
		`f.format(12.34, 'per_second', 1)`:                     "12.3 /s",
		`f.format(1789819203000, 'time', 0)`:                   "2026-09-19 12:00:03",
		`f.format(null, 'vvv', 2)`:                             "–",
		`f.exact('8951234500000000000000001')`:                 "8,951,234.500000000000000001",
		`f.exact('-1')`:                                        "-0.000000000000000001",
		`f.exact('1000000000000000000')`:                       "1",
		`f.axisLabels([8e6, 8.25e6], 'vvv').join()`:            "8.00M,8.25M",
		`f.axisLabels([0, 0.5, 1], 'share').join()`:            "0 %,50 %,100 %",
		`f.logLabels([100, 1000, 20000], 'rate').join()`:       "100,1,000,20K",
		`f.timeLabels([1789776000, 1789797600], 21600).join()`: "00:00,06:00",
		`f.shortHash('0x' + 'ab'.repeat(20))`:                  "0xababab…ababab",
	} {
		got := eval[string](t, p, `import('/assets/format.js').then((f) => String(`+script+`).replaceAll('\u00a0', ' '))`)
		require.Equal(t, want, got, script)
	}
}

// TestStatesAreShownHonestly looks at pages whose warehouse is empty, old, away, and
// whose board ends.
func TestStatesAreShownHonestly(t *testing.T) {
	browser := newBrowser(t)

	t.Run("empty", func(t *testing.T) {
		s := testenv.Open(t)
		b := boardtest.Start(t, boardtest.ReaderOf(t, s), board.Limits{})

		for _, d := range dashboards.All() {
			p := browser.open(t, desktop, b.URL(), "/d/"+d.UID)
			p.settled(t)
			require.Empty(t, eval[[]string](t, p, `[...document.querySelectorAll('.panel[data-state="error"]')].map((e) => e.innerText)`))
			require.Contains(t, eval[string](t, p, `document.querySelector('#moment').textContent`), "No block yet")
			p.clean(t)
			p.close()
		}
	})

	t.Run("old", func(t *testing.T) {
		s := testenv.Open(t)
		require.NoError(t, s.Write(t.Context(), store.Batch{Filter: "core", Covered: []store.Range{{From: 1, To: 10}}, Blocks: []store.Block{{Number: 10, Time: 1789819203}}}))
		require.NoError(t, s.SetHeads(t.Context(), store.Heads{Head: 10, HeadTime: 1789819203, Safe: 10, Finalized: 2}))

		p := browser.open(t, desktop, boardtest.Start(t, boardtest.ReaderOf(t, s), board.Limits{}).URL(), "/")
		p.until(t, `/These figures are old/.test(document.querySelector('#notice').textContent)`, "old figures are not said to be old")
		require.Contains(t, eval[string](t, p, `document.querySelector('#moment').textContent`), "safe")
		require.Contains(t, eval[string](t, p, `document.querySelector('#moment').textContent`), "not audited yet")
		p.clean(t)
	})

	t.Run("away", func(t *testing.T) {
		p := browser.open(t, desktop, boardtest.Start(t, boardtest.Nowhere, board.Limits{}).URL(), "/")
		p.until(t, `/The warehouse has a problem/.test(document.querySelector('#notice').textContent)`, "a warehouse that is away is not named")
		p.clean(t)
	})

	t.Run("refused", func(t *testing.T) {
		p := browser.open(t, desktop, boardtest.Start(t, boardtest.Nowhere, board.Limits{}).URL(), "/?from=yesterday")
		p.until(t, `/refused this page.*yesterday/.test(document.querySelector('#notice').textContent)`, "a link that is wrong is not explained")
	})

	t.Run("gone", func(t *testing.T) {
		b, err := board.Start(t.Context(), board.Config{Addr: "127.0.0.1:0", DSN: boardtest.Nowhere, Dashboards: dashboards.All()})
		require.NoError(t, err)

		p := browser.open(t, desktop, b.URL(), "/")
		p.until(t, `document.querySelector('#moment').dataset.connection === 'live'`, "no stream")

		ctx, cancel := context.WithTimeout(t.Context(), boardtest.Patience)
		defer cancel()

		require.NoError(t, b.Close(ctx))
		p.until(t, `/The board does not answer/.test(document.querySelector('#notice').textContent)`, "a board that is gone is not missed")
	})
}
