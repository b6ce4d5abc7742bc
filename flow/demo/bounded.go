package demo

import "maps"

// bounded is a map that forgets its oldest entries, so that whoever keeps asking fills no memory.
type bounded[V any] struct {
	max   int
	m     map[string]V
	order []string // as put; may name what is gone
}

func newBounded[V any](max int) bounded[V] {
	return bounded[V]{max: max, m: make(map[string]V)}
}

func (b *bounded[V]) get(key string) (V, bool) {
	v, ok := b.m[key]
	return v, ok
}

// put adds or replaces; a replaced entry keeps its age.
func (b *bounded[V]) put(key string, v V) {
	if _, ok := b.m[key]; ok {
		b.m[key] = v
		return
	}
	for len(b.m) >= b.max {
		delete(b.m, b.order[0])
		b.order = b.order[1:]
	}
	b.m[key] = v
	b.order = append(b.order, key)
	if len(b.order) > 2*b.max {
		b.compact()
	}
}

func (b *bounded[V]) delete(key string) { delete(b.m, key) }

// deleteIf removes the entries that f is true of.
func (b *bounded[V]) deleteIf(f func(V) bool) {
	maps.DeleteFunc(b.m, func(_ string, v V) bool { return f(v) })
}

// compact drops the names of what was deleted.
func (b *bounded[V]) compact() {
	live := make([]string, 0, len(b.m))
	for _, key := range b.order {
		if _, ok := b.m[key]; ok {
			live = append(live, key)
		}
	}
	b.order = live
}
