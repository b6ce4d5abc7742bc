package demo

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// ApproveDevice is the person at the other device: it opens the address of a device authorization, with the code in it,
// signs in as u and agrees (RFC 8628, section 3.3).
func ApproveDevice(ctx context.Context, rt http.RoundTripper, verificationURI string, u User) error {
	_, err := SignIn(ctx, rt, verificationURI, u)
	switch {
	case err == nil:
		return errors.New("sign a device in: the walk left the tenant")
	case errors.Is(err, errStuck) && strings.Contains(err.Error(), deviceAllowed):
		return nil // a page is where it ends
	}
	return err
}
