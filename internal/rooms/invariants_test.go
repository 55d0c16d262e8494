package rooms

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// named finds `package: TestName` in the invariants' document.
var named = regexp.MustCompile("`([a-z0-9/]+): (Test[A-Za-z0-9]+)`")

// A promise that names a test which is not there is no promise.
func TestInvariantsNameTestsThatExist(t *testing.T) {
	t.Parallel()

	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "docs", "INVARIANTS.md"))
	require.NoError(t, err)

	found := named.FindAllStringSubmatch(string(text), -1)
	require.Greater(t, len(found), 50)

	for _, name := range found {
		files, err := filepath.Glob(filepath.Join(root, name[1], "*_test.go"))
		require.NoError(t, err)

		there := false

		for _, file := range files {
			source, err := os.ReadFile(file)
			require.NoError(t, err)

			there = there || regexp.MustCompile(`(?m)^func `+name[2]+`\(`).Match(source)
		}

		require.True(t, there, "%s has no %s", name[1], name[2])
	}
}
