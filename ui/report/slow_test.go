package report_test

import (
	"net/http"
	"sync"
	"time"

	"authscope/flow/pipenet"
)

// slowly makes every call take some milliseconds of fake time, so that a report has times to show.
type slowly struct {
	network *pipenet.Net
	mu      *sync.Mutex
}

func (s slowly) transport() http.RoundTripper { return slowTransport{s.network.Transport(), s.mu} }

type slowTransport struct {
	base http.RoundTripper
	mu   *sync.Mutex
}

func (t slowTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	res, err := t.base.RoundTrip(r)
	time.Sleep(12 * time.Millisecond)
	return res, err
}
