package anvil

import "syscall"

// dieWithParent has the kernel stop the child when the test binary dies without
// its cleanups.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
