package flow

import (
	"context"

	"authscope/flow/trace"
)

// Fault is something that can be made to go wrong on purpose, at the embedded tenant or in what is sent to it.
type Fault struct {
	Name, Group, What string
	Client            string // of the tenant, that it needs; "" for any
	Needs             string // what else has to be done to see it, in the words of the command line
	Works             bool   // a login must work all the same
}

// Faults are those of a target. Each takes effect with the next request.
type Faults struct {
	All []Fault
	On  func() []string
	Set func(name string, on bool) error
	// Hold makes the mistakes of the application that are among them, before anybody looks at a request.
	Hold trace.Hold
	// AsClient is a configuration as another client of the tenant, for the faults that need one.
	AsClient func(cfg Config, client string) Config
}

// Holding returns a Hold that makes the target's mistakes first, and then asks hold, which may be nil.
func (t *Target) Holding(hold trace.Hold) trace.Hold {
	if t.Faults == nil || t.Faults.Hold == nil {
		return hold
	}
	if hold == nil {
		return t.Faults.Hold
	}
	return func(ctx context.Context, d trace.Draft) (trace.Draft, error) {
		d, err := t.Faults.Hold(ctx, d)
		if err != nil {
			return d, err
		}
		return hold(ctx, d)
	}
}
