package ui

import (
	"crypto/rand"
	"crypto/rsa"
	"sync"
)

// tenantKey is the tenant's key, made once: in a bubble its making would compete with others for
// the repeated randomness.
var tenantKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})
