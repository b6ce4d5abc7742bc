//go:build unix

package profile

import "syscall"

// makePipe makes a named pipe: reading one waits for a writer.
func makePipe(path string) error { return syscall.Mkfifo(path, 0o600) }
