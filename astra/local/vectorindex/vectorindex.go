// Package vectorindex finds the vectors that are most similar to one, without
// comparing it with all of them in full. It is exact enough to be rescored: it
// gives more candidates than are wanted, and the caller compares those with the
// stored vectors. It holds vectors in memory, and knows neither rows nor disks.
//
// Two approximations narrow the candidates down. Both are of the vectors after a
// random rotation, which spreads what a vector says evenly over its dimensions.
//
//   - One bit for each dimension, its sign, compared with a query of four bits a
//     dimension by counting bits: the estimator of RaBitQ (Gao and Long, 2024).
//     It reads an eighth of a byte for each dimension, and is off by about
//     0.75/√dimensions in the cosine.
//   - One byte for each dimension, for the best of those; it is off by about a
//     thousandth.
//
// A graph such as HNSW reads less of a large collection, but has to be built for
// minutes or kept on disk, and degrades with deletions. This index is appended
// to, overwritten and deleted from in place, and is built at the speed at which
// vectors are read.
package vectorindex

import (
	"math"
	"sync"
)

// Metric says how similarity is computed.
type Metric string

// The metrics of Astra's vector indexes.
const (
	Cosine     Metric = "cosine"
	DotProduct Metric = "dot_product"
	Euclidean  Metric = "euclidean"
)

// coarse is how many candidates for each wanted one the bits choose at most.
// Deviations is how far off, in standard deviations, an estimate by bits is taken
// to be at most. BenchmarkSearch measures the recall.
const (
	coarse     = 200
	minCoarse  = 4000
	deviations = 2.2
)

// candidates is how many the bytes leave, for the caller to compare.
func candidates(limit int) int { return limit + limit/2 + 50 }

// Index is safe for concurrent use. The zero value is not usable; see New.
type Index struct {
	metric    Metric
	rotation  rotation
	words     int // of 64 bits, for each vector
	mu        sync.RWMutex
	slots     map[string]int
	keys      []string // "" for a free slot
	free      []int
	signs     []uint64
	bytes     []int8
	estimates []estimate
}

// estimate holds what the comparison of one vector needs beside its bits and
// bytes.
type estimate struct {
	norm  float32 // length of the vector
	sign  float32 // turns a product of signs into one of unit vectors
	error float32 // standard deviation of that
	step  float32 // what one step of the bytes is worth
}

// New makes an empty index of vectors of that length.
func New(dimension int, metric Metric) *Index {
	r := newRotation(dimension)
	return &Index{metric: metric, rotation: r, words: (r.size + 63) / 64, slots: map[string]int{}}
}

// Len is how many vectors there are.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.slots)
}

// Bytes is about how much memory the vectors take.
func (x *Index) Bytes() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	const perKey = 80 // string header, map entry and the key itself
	return 8*len(x.signs) + len(x.bytes) + 16*len(x.estimates) + perKey*len(x.keys)
}

// Set stores the vector of a key in place of the one before. A vector of
// another length than the index's is refused by a panic: the caller has checked.
func (x *Index) Set(key string, vector []float32) {
	rotated := x.rotation.apply(vector)
	x.mu.Lock()
	defer x.mu.Unlock()
	slot, known := x.slots[key]
	if !known {
		slot = x.claim(key)
	}
	x.estimates[slot] = encode(rotated, x.signs[slot*x.words:(slot+1)*x.words], x.bytes[slot*x.rotation.size:(slot+1)*x.rotation.size])
}

// claim returns the key a free slot. The caller holds the lock.
func (x *Index) claim(key string) int {
	var slot int
	if n := len(x.free); n > 0 {
		slot, x.free = x.free[n-1], x.free[:n-1]
	} else {
		slot = len(x.keys)
		x.keys = append(x.keys, "")
		x.signs = append(x.signs, make([]uint64, x.words)...)
		x.bytes = append(x.bytes, make([]int8, x.rotation.size)...)
		x.estimates = append(x.estimates, estimate{})
	}
	x.keys[slot], x.slots[key] = key, slot
	return slot
}

// Delete removes the vector of a key, if there is one.
func (x *Index) Delete(key string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	slot, known := x.slots[key]
	if !known {
		return
	}
	delete(x.slots, key)
	x.keys[slot] = ""
	x.free = append(x.free, slot)
}

// Search returns candidates for the limit keys whose vectors are most similar to
// the query, best first by estimate: half as many again and a few more.
func (x *Index) Search(query []float32, limit int) []string {
	q := x.rotation.apply(query)
	x.mu.RLock()
	defer x.mu.RUnlock()
	best := x.byBytes(q, x.byBits(q, max(coarse*limit, minCoarse)), limit)
	keys := make([]string, len(best))
	for i, s := range best {
		keys[i] = x.keys[s.slot]
	}
	return keys
}

// score turns the estimated product of two unit vectors into what orders them
// by the metric: greater is more similar.
func (x *Index) score(product, norm, queryNorm float32) float32 {
	switch x.metric {
	case DotProduct:
		return product * norm
	case Euclidean:
		return 2*product*norm*queryNorm - norm*norm
	}
	return product
}

func length(v []float32) float32 {
	var squares float64
	for _, f := range v {
		squares += float64(f) * float64(f)
	}
	return float32(math.Sqrt(squares))
}
