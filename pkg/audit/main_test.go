package audit_test

import (
	"fmt"
	"os"
	"testing"

	"diemhouse/internal/testenv"
)

func TestMain(m *testing.M) {
	code := testenv.Main(m)

	if net.net != nil {
		if err := net.net.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "close the tests' chain:", err)

			code = max(code, 1)
		}
	}

	os.Exit(code)
}
