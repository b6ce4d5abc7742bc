//go:build unix

package ui

import (
	"os"
	"os/signal"
	"syscall"
)

// notifyContinued relays to c that the program goes on after it was stopped.
func notifyContinued(c chan<- os.Signal) { signal.Notify(c, syscall.SIGCONT) }
