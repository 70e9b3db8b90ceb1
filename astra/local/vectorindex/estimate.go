package vectorindex

import (
	"math"
	"math/bits"
	"slices"
	"sync"
)

func sqrt(n int) float32 { return float32(math.Sqrt(float64(n))) }

// encode writes the signs and the bytes of a rotated vector.
func encode(rotated []float32, signs []uint64, steps []int8) estimate {
	norm := length(rotated)
	clear(signs)
	var absolute, largest float32
	for i, f := range rotated {
		if f >= 0 {
			signs[i/64] |= 1 << (i % 64)
		}
		a := max(f, -f)
		absolute += a
		largest = max(largest, a)
	}
	if norm == 0 {
		clear(steps)
		return estimate{}
	}
	step := largest / math.MaxInt8
	for i, f := range rotated {
		steps[i] = int8(math.Round(float64(f / step)))
	}
	// The unit vector of signs has the product absolute/(norm·√size) with the
	// unit vector; dividing by it makes the estimate unbiased.
	size := float64(len(rotated))
	aligned := float64(absolute) / (float64(norm) * math.Sqrt(size))
	deviation := math.Sqrt(max(1/(aligned*aligned)-1, 0) / (size - 1))
	return estimate{norm: norm, sign: norm / absolute, error: float32(deviation), step: step}
}

// planes is a query of four bits a dimension: each dimension is low + step·n,
// and bit j of n is in plane j.
type planes struct {
	bits      [queryBits][]uint64
	low, step float32
	sum       float32 // of all dimensions
}

const queryBits = 4

func newPlanes(q []float32, words int) planes {
	p := planes{low: slices.Min(q)}
	p.step = (slices.Max(q) - p.low) / (1<<queryBits - 1)
	for j := range p.bits {
		p.bits[j] = make([]uint64, words)
	}
	if p.step == 0 {
		p.step = 1
	}
	for i, f := range q {
		n := int(math.Round(float64((f - p.low) / p.step)))
		for j := range p.bits {
			p.bits[j][i/64] |= uint64(n>>j&1) << (i % 64)
		}
		p.sum += p.low + p.step*float32(n)
	}
	return p
}

// product of the query with a vector of signs: twice what is under the positive
// ones less everything.
func (p *planes) product(signs []uint64) float32 {
	var ones, n0, n1, n2, n3 int
	b0, b1, b2, b3 := p.bits[0][:len(signs)], p.bits[1][:len(signs)], p.bits[2][:len(signs)], p.bits[3][:len(signs)]
	for w, s := range signs {
		ones += bits.OnesCount64(s)
		n0 += bits.OnesCount64(s & b0[w])
		n1 += bits.OnesCount64(s & b1[w])
		n2 += bits.OnesCount64(s & b2[w])
		n3 += bits.OnesCount64(s & b3[w])
	}
	under := p.low*float32(ones) + p.step*float32(n0+2*n1+4*n2+8*n3)
	return 2*under - p.sum
}

// scored is a slot and how similar its vector is by an estimate.
type scored struct {
	slot  int32
	score float32
}

// byBits returns the n slots that may be the best by the product of signs, in no
// order. Each is scored as high as it may reach.
func (x *Index) byBits(q []float32, n int) []scored {
	p, norm := newPlanes(q, x.words), max(length(q), math.SmallestNonzeroFloat32)
	return x.best(len(x.keys), n, func(slot int) (float32, bool) {
		if x.keys[slot] == "" {
			return 0, false
		}
		e := x.estimates[slot]
		product := p.product(x.signs[slot*x.words:(slot+1)*x.words])*e.sign/norm + deviations*e.error
		return x.score(product, e.norm, norm), true
	})
}

// byBytes returns the candidates for the limit best of the slots by their bytes,
// best first. It takes those first that may reach the highest scores, a portion
// at a time, and stops where none of the others can be among the limit best.
func (x *Index) byBytes(q []float32, among []scored, limit int) []scored {
	slices.SortFunc(among, descending)
	norm := max(length(q), math.SmallestNonzeroFloat32)
	n := candidates(limit)
	var best []scored
	for len(among) > 0 && (len(best) < n || among[0].score > best[limit-1].score) {
		some := among[:min(4*n, len(among))]
		among = among[len(some):]
		compared := x.best(len(some), len(some), func(i int) (float32, bool) {
			return x.byteScore(q, norm, int(some[i].slot)), true
		})
		for _, s := range compared {
			best = append(best, scored{some[s.slot].slot, s.score})
		}
		slices.SortFunc(best, descending)
		best = best[:min(n, len(best))]
	}
	return best
}

func (x *Index) byteScore(q []float32, norm float32, slot int) float32 {
	e := x.estimates[slot]
	product := dotBytes(q, x.bytes[slot*x.rotation.size:(slot+1)*x.rotation.size]) * e.step
	if e.norm > 0 {
		product /= e.norm * norm
	}
	return x.score(product, e.norm, norm)
}

func descending(a, b scored) int {
	switch {
	case a.score > b.score:
		return -1
	case a.score < b.score:
		return 1
	}
	return int(a.slot - b.slot)
}

func dotBytes(q []float32, steps []int8) float32 {
	var a, b, c, d float32
	steps = steps[:len(q)]
	for i := 0; i+4 <= len(q); i += 4 {
		a += q[i] * float32(steps[i])
		b += q[i+1] * float32(steps[i+1])
		c += q[i+2] * float32(steps[i+2])
		d += q[i+3] * float32(steps[i+3])
	}
	return a + b + c + d
}

// best returns the n greatest of count scores, in no order, computed by two
// goroutines. Where one has kept twice as many as are wanted, it drops the rest.
func (x *Index) best(count, n int, score func(int) (float32, bool)) []scored {
	const least = 100 // below it a second goroutine costs more than it saves
	half := count
	if count > least {
		half = count / 2
	}
	var second []scored
	var wait sync.WaitGroup
	if half < count {
		wait.Go(func() { second = greatest(half, count, n, score) })
	}
	first := greatest(0, half, n, score)
	wait.Wait()
	return keep(append(first, second...), n)
}

func greatest(from, to, n int, score func(int) (float32, bool)) []scored {
	kept := make([]scored, 0, min(2*n, to-from))
	least := float32(math.Inf(-1))
	for i := from; i < to; i++ {
		s, ok := score(i)
		if !ok || s <= least {
			continue
		}
		if kept = append(kept, scored{int32(i), s}); len(kept) == 2*n {
			kept = keep(kept, n)
			least = lowest(kept)
		}
	}
	return keep(kept, n)
}

func lowest(all []scored) float32 {
	low := all[0].score
	for _, s := range all {
		low = min(low, s.score)
	}
	return low
}

// keep partitions the n greatest to the front (quickselect) and gives those.
func keep(all []scored, n int) []scored {
	if len(all) <= n {
		return all
	}
	low, high := 0, len(all)-1
	for low < high {
		pivot := all[(low+high)/2].score
		i, j := low, high
		for i <= j {
			for all[i].score > pivot {
				i++
			}
			for all[j].score < pivot {
				j--
			}
			if i <= j {
				all[i], all[j] = all[j], all[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case n-1 <= j:
			high = j
		case n-1 >= i:
			low = i
		default:
			return all[:n]
		}
	}
	return all[:n]
}
