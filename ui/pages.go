package ui

import (
	"context"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// page is the URL that somebody is to open in a browser now, whether it still stands ready or is waited for; nil if there is
// none.
func (m *Model) page() *story.Call {
	if held := m.cur.held(); held != nil && held.Front {
		return held
	}
	if m.cur.cancel == nil {
		return nil
	}
	switch s := &m.cur.story; m.running() {
	case trace.DevicePoll:
		for _, c := range s.StageRun(trace.DevicePoll, 0).Calls {
			if c.Front {
				return c
			}
		}
	case trace.Logout:
		if s.Logout().Waiting() {
			return s.Logout().Call
		}
	default:
		if l := s.Login(); l != nil && l.Waiting() {
			return l.Authorize
		}
	}
	return nil
}

// pageClass says what the page is that is to be opened now, "" if there is none.
func (m *Model) pageClass() story.Class {
	if pg := m.page(); pg != nil {
		return pg.Class
	}
	return ""
}

// onPage reports whether the selected stage is that of the page.
func (m *Model) onPage() bool {
	pg := m.page()
	return pg != nil && (pg.Stage == m.stage || pg.Class == story.Authorization && m.stage == trace.Callback)
}

// watch has g hold requests, but for a device's polls: they are one request again and again, which began when its page was
// released, and to hold each would slow down what the person waits for. One that was asked for with e is held all the same.
func (g *gate) watch(s *flow.Session) trace.Hold {
	return func(ctx context.Context, d trace.Draft) (trace.Draft, error) {
		poll := false
		s.Read(func(st *story.Story) {
			c := st.Call(d.Call)
			poll = c != nil && c.Class == story.DeviceToken
		})
		if poll {
			g.poll(d.Call)
		}
		return g.hold(ctx, d)
	}
}

// poll lets a request go unless the next one is to be held.
func (g *gate) poll(id trace.CallID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.next {
		g.released[id] = true
	}
}

// whyNotRefuse says why nobody can refuse the device now.
func (m *Model) whyNotRefuse() string {
	switch {
	case m.whyNotRun() != "":
		return m.whyNotRun()
	case m.pageClass() != story.DevicePage:
		return "refusing is for a device that waits"
	case m.target.Refuse == nil:
		return "there is no demo user here: b opens the page"
	}
	return ""
}

// agentDoes is what signing in here means on the page that is open.
func (m *Model) agentDoes() string {
	switch m.pageClass() {
	case story.DevicePage:
		return "agree here"
	case story.LogoutPage:
		return "log out here"
	}
	return "sign in here"
}

// pageDoes says what enter does with a page that stands ready.
func (m *Model) pageDoes(c story.Class) string {
	switch {
	case c == story.DevicePage:
		return "wait for the person"
	case c == story.LogoutPage && m.target.Agent != nil:
		return "log out here"
	case m.target.Agent != nil:
		return "sign in here"
	case m.target.Browser != nil:
		return "open the browser"
	}
	return "wait for the answer"
}
