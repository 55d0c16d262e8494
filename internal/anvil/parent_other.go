//go:build !linux

package anvil

import "syscall"

// dieWithParent asks for nothing: only Linux ties a child's life to its parent's.
func dieWithParent() *syscall.SysProcAttr { return nil }
