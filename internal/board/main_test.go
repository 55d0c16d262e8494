package board_test

import (
	"os"
	"testing"

	"diemhouse/internal/testenv"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }
