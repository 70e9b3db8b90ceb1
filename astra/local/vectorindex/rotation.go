package vectorindex

import "math/rand/v2"

// rotation is a random orthogonal map: three times a change of signs followed by
// a Walsh-Hadamard transform. It takes size·log(size) steps and keeps lengths
// and angles. The same length always has the same rotation.
type rotation struct {
	size  int // the dimension, rounded up to a power of two
	signs [3][]float32
}

func newRotation(dimension int) rotation {
	r := rotation{size: 64}
	for r.size < dimension {
		r.size *= 2
	}
	source := rand.New(rand.NewPCG(uint64(dimension), 0x9e3779b97f4a7c15)) //nolint:gosec // no secret: it has to be the same each time
	for round := range r.signs {
		r.signs[round] = make([]float32, r.size)
		for i := range r.signs[round] {
			r.signs[round][i] = float32(1 - 2*int(source.Uint64()&1))
		}
	}
	return r
}

// apply returns the rotated vector, padded to size.
func (r rotation) apply(vector []float32) []float32 {
	out := make([]float32, r.size)
	copy(out, vector[:min(len(vector), r.size)])
	for _, signs := range r.signs {
		for i := range out {
			out[i] *= signs[i]
		}
		hadamard(out)
	}
	return out
}

// hadamard is the Walsh-Hadamard transform, scaled to keep lengths, in place.
func hadamard(v []float32) {
	for half := 1; half < len(v); half *= 2 {
		for start := 0; start < len(v); start += 2 * half {
			low, high := v[start:start+half], v[start+half:start+2*half]
			for i := range low {
				low[i], high[i] = low[i]+high[i], low[i]-high[i]
			}
		}
	}
	scale := 1 / sqrt(len(v))
	for i := range v {
		v[i] *= scale
	}
}
