package flow

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// An answer in the fragment (response_mode=fragment) never reaches a server: browsers keep what stands after # to
// themselves. So the listener gives a page whose script posts it back, once, and takes it out of the address bar.

// relayHeader marks what the page posts. No page of another origin can send it: a browser would ask us first.
const relayHeader = "X-Authscope-Relay"

// maxRelays bounds how many pages can be open at a time.
const maxRelays = 8

// relays are the pages that are out and have not handed anything over yet. Its zero value is ready.
type relays struct {
	mu     sync.Mutex
	tokens []string
}

// add returns the token of a new page; the oldest page is forgotten.
func (r *relays) add() string {
	token := rand.Text()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tokens = append(r.tokens, token); len(r.tokens) > maxRelays {
		r.tokens = r.tokens[1:]
	}
	return token
}

// spend reports whether token is of a page that is out. It is none after that.
func (r *relays) spend(token string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.Index(r.tokens, token)
	if i < 0 {
		return false
	}
	r.tokens = slices.Delete(r.tokens, i, i+1)
	return true
}

// redirectHost is the host by which a browser knows the listener.
func (s *Session) redirectHost() string {
	u, err := url.Parse(s.cfg.RedirectURI)
	if err != nil {
		return ""
	}
	return u.Host
}

var relaying = page{status: http.StatusOK, mark: "·", title: "One moment",
	text: "The answer stands in this page's address and is being handed over. If nothing happens, scripts are off here: copy the whole address and paste it in the terminal."}

// relayScript is constant, so that the policy can name it: the token stands in the page's markup.
const relayScript = `(function(){
var p=document.getElementById('relay'),h=location.hash.slice(1);
function say(t,s){document.querySelector('h1').textContent=t;p.textContent=s}
if(!h){say('There is no answer in this address','Nothing stands after the #. Go back to the terminal.');return}
history.replaceState(null,'',location.pathname+location.search);
fetch(location.pathname+location.search,{method:'POST',redirect:'error',cache:'no-store',credentials:'omit',headers:{'Content-Type':'application/x-www-form-urlencoded','` + relayHeader + `':p.dataset.token},body:h})
.then(function(r){return r.text()})
.then(function(t){var i=t.indexOf('\n');say(t.slice(0,i),t.slice(i+1))})
.catch(function(){say('The answer could not be handed over','authscope does not listen any more. Start again from the terminal.')})
})()`

// writeRelayed tells the page's script what to show.
func writeRelayed(w http.ResponseWriter, p page) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(p.status)
	fmt.Fprintf(w, "%s\n%s", p.title, p.text)
}

var relayToken = regexp.MustCompile(`<p id="relay" data-token="([^"]+)">`)

// DeliverFragment hands an answer in the fragment to the listener as the page's script does, for a user agent that runs
// none. final is the URL at which the agent ended.
func DeliverFragment(ctx context.Context, rt http.RoundTripper, final string) error {
	target, fragment, ok := strings.Cut(final, "#")
	if !ok {
		return errors.New("there is no answer to hand over: the URL has no fragment")
	}
	body, err := ask(ctx, rt, http.MethodGet, target, "", "")
	if err != nil {
		return err
	}
	m := relayToken.FindSubmatch(body)
	if m == nil {
		return errors.New("the page at the redirect URI does not hand fragments over: is this the run that asked for response_mode=fragment?")
	}
	_, err = ask(ctx, rt, http.MethodPost, target, html.UnescapeString(string(m[1])), fragment)
	return err
}

// ask makes one request to the listener.
func ask(ctx context.Context, rt http.RoundTripper, method, target, token, body string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, target, strings.NewReader(body))
	if err != nil {
		return nil, errors.New("hand the answer over: the redirect URI is no URL")
	}
	if token != "" {
		req.Header.Set(relayHeader, token)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := rt.RoundTrip(req)
	if err != nil {
		return nil, fmt.Errorf("hand the answer over: %w", unwrapURL(err))
	}
	defer res.Body.Close()
	return io.ReadAll(io.LimitReader(res.Body, maxAnswer))
}
