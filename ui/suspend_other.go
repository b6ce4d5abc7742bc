//go:build !unix

package ui

import "os"

// notifyContinued does nothing where programs are not stopped.
func notifyContinued(chan<- os.Signal) {}
