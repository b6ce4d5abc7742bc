//go:build !unix

package profile

import "errors"

func makePipe(string) error { return errors.New("this system has no named pipes") }
