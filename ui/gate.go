package ui

import (
	"context"
	"fmt"
	"sync"

	"authscope/flow"
	"authscope/flow/trace"
)

// gate is the Hold of a run: it keeps each request until the person lets it go.
type gate struct {
	mu       sync.Mutex
	waiting  map[trace.CallID]chan struct{}
	released map[trace.CallID]bool
	all      bool // nothing is held any more
	back     bool // requests pass, the browser's URL is held
	once     bool // after one release nothing is held any more
	next     bool // the next request is held, whatever else
	caught   map[trace.CallID]bool
	passed   map[trace.CallID]bool
	changed  map[trace.CallID]trace.Draft // by the person
	via      string                       // how the person chose to sign in: "agent", "browser" or "person"
}

// newGate returns a gate that holds everything.
func newGate() *gate {
	return &gate{waiting: map[trace.CallID]chan struct{}{}, released: map[trace.CallID]bool{},
		caught: map[trace.CallID]bool{}, passed: map[trace.CallID]bool{}, changed: map[trace.CallID]trace.Draft{}}
}

// hold is a trace.Hold.
func (g *gate) hold(ctx context.Context, d trace.Draft) (trace.Draft, error) {
	g.mu.Lock()
	if pass := g.all || g.back && !d.Front; g.released[d.Call] || pass && !g.next && !g.caught[d.Call] {
		g.passed[d.Call] = true
		d = g.edited(d)
		g.mu.Unlock()
		return d, nil
	}
	g.next = false
	if d.Front {
		g.back = false
	}
	free := make(chan struct{})
	g.waiting[d.Call] = free
	g.mu.Unlock()
	select {
	case <-free:
		g.mu.Lock()
		defer g.mu.Unlock()
		g.passed[d.Call] = true
		return g.edited(d), nil
	case <-ctx.Done():
		return d, ctx.Err()
	}
}

// edited is d as the person changed it; the caller holds the lock.
func (g *gate) edited(d trace.Draft) trace.Draft {
	if e, ok := g.changed[d.Call]; ok {
		return e
	}
	return d
}

// change has a request leave as d.
func (g *gate) change(id trace.CallID, d trace.Draft) {
	g.mu.Lock()
	defer g.mu.Unlock()
	d.Call = id
	g.changed[id] = d
}

// catch keeps a request that stands ready, and reports whether it had not gone already.
func (g *gate) catch(id trace.CallID) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.released[id] || g.passed[id] {
		return false
	}
	g.caught[id] = true
	return true
}

// stopNext has the next request held, whatever else, or not.
func (g *gate) stopNext(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.next = on
}

// release lets one request go, now or as soon as it comes.
func (g *gate) release(id trace.CallID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.released[id] = true
	g.all = g.all || g.once
	g.free(id)
}

// open lets everything go.
func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all = true
	for id := range g.waiting {
		g.free(id)
	}
}

func (g *gate) free(id trace.CallID) {
	if c, ok := g.waiting[id]; ok {
		close(c)
		delete(g.waiting, id)
	}
}

// opened reports whether nothing is held any more.
func (g *gate) opened() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all && !g.once
}

// choose says how to sign in.
func (g *gate) choose(via string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.via = via
}

func (g *gate) chosen() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.via
}

// hooks connects a run to the gate and to the target's ways of signing in.
func (g *gate) hooks(ctx context.Context, t *flow.Target, s *flow.Session) flow.Hooks {
	return flow.Hooks{Hold: g.watch(s), Open: func(_ context.Context, url string) (string, error) {
		switch via := g.chosen(); {
		case via == "agent" && t.Agent != nil:
			go agent(ctx, t.Agent, s.Log, url)
			return via, nil
		case via == "refuse" && t.Refuse != nil:
			go agent(ctx, t.Refuse, s.Log, url)
			return "agent", nil
		case via == "browser" && t.Browser != nil:
			return via, t.Browser(ctx, url)
		}
		return "person", nil
	}}
}

// agent signs the demo user in, or does what else a person does on a page. It delivers to the redirect URI, where the run
// waits; that it could not is written to the trace.
func agent(ctx context.Context, do func(context.Context, string) error, log *trace.Log, url string) {
	defer func() {
		if p := recover(); p != nil {
			log.Append(0, trace.Choice{What: "agent", Value: fmt.Sprintf("internal error: %v", p)})
		}
	}()
	if err := do(ctx, url); err != nil && ctx.Err() == nil {
		log.Append(0, trace.Choice{What: "agent", Value: err.Error()})
	}
}
