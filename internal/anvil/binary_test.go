package anvil

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMissingBinarySaysWhatToDo(t *testing.T) {
	t.Parallel()
	_, err := binaryUnder(t.TempDir())
	require.ErrorIs(t, err, ErrMissing)
	require.ErrorContains(t, err, "make anvil")
}
