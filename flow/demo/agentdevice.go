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
	return atDevicePage(ctx, rt, verificationURI, agent{user: u}, deviceAllowed)
}

// RefuseDevice is the same person, who does not agree.
func RefuseDevice(ctx context.Context, rt http.RoundTripper, verificationURI string, u User) error {
	return atDevicePage(ctx, rt, verificationURI, agent{user: u, refuses: true}, deviceDenied)
}

// atDevicePage walks until the page with this heading, which is where it ends.
func atDevicePage(ctx context.Context, rt http.RoundTripper, verificationURI string, a agent, heading string) error {
	_, err := walk(ctx, rt, verificationURI, a)
	switch {
	case err == nil:
		return errors.New("sign a device in: the walk left the tenant")
	case errors.Is(err, errStuck) && strings.Contains(err.Error(), heading):
		return nil
	}
	return err
}
