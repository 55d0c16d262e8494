package boardtest_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"diemhouse/dashboards"
	"diemhouse/internal/board"
)

var pictures = flag.String("pictures", "", "folder to write the README's pictures to")

// picture is one of the README's.
type picture struct {
	screen

	file, path string
}

func readmePictures() []picture {
	return []picture{
		{screen{width: 1280, height: 1020}, "board", "/?from=now-90d"},
		{screen{width: 1280, height: 1020, dark: true}, "board-dark", "/?from=now-90d"},
		{screen{width: 1280, height: 1020}, "board-diem", "/d/" + dashboards.DiemUID},
		{screen{width: 390, height: 844, phone: true, dark: true}, "board-phone", "/?from=now-90d"},
	}
}

// testPictures takes the README's pictures: into a folder that is thrown away, or
// where make screenshots wants them.
func testPictures(t *testing.T, w *world, b *board.Board, browser *browser) {
	t.Helper()

	folder := *pictures
	if folder == "" {
		folder = t.TempDir()
	}

	require.NoError(t, os.MkdirAll(folder, 0o755))

	for _, picture := range readmePictures() {
		block := w.catchUp(t)
		p := browser.open(t, picture.screen, b.URL(), picture.path)
		p.until(t, fmt.Sprintf("%s >= %d", cursorShown, block), "the newest block is not in the picture")
		p.settled(t)

		content, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, picture.file+".png"), content, 0o644))
		p.clean(t)
		p.close()
	}
}
