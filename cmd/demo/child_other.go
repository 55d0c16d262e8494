//go:build !linux

package main

import "syscall"

// attributes keep the terminal's ^C from the children.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
