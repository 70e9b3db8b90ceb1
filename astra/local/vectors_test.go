package local_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

const vectorLength = 24

// vectorRow is what a test knows of a row with a vector.
type vectorRow struct {
	id     int
	vector []float32
}

func randomVector(source *rand.Rand) []float32 {
	v := make([]float32, vectorLength)
	for i := range v {
		v[i] = float32(math.Round(source.NormFloat64()*1000) / 1000)
	}
	return v
}

func asJSON(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// nearestIDs asks for the ids of the rows that are most similar to a vector.
func (e *embedded) nearestIDs(t *testing.T, on string, to []float32, limit int, filter string) []int {
	t.Helper()
	r := e.done(t, on, fmt.Sprintf(`{"find":{"filter":{%s},"sort":{"v":%s},"projection":{"id":1},"options":{"limit":%d}}}`,
		filter, asJSON(to), limit))
	var answer struct {
		Data struct{ Documents []struct{ ID int } }
	}
	if err := json.Unmarshal([]byte(r.text), &answer); err != nil {
		t.Fatal(err)
	}
	ids := make([]int, len(answer.Data.Documents))
	for i, d := range answer.Data.Documents {
		ids[i] = d.ID
	}
	return ids
}

// exactIDs compares all rows.
func exactIDs(rows map[int]vectorRow, to []float32, limit int, metric string) []int {
	score := func(v []float32) float64 {
		var dot, squares, distance float64
		for i := range v {
			x, y := float64(v[i]), float64(to[i])
			dot, squares, distance = dot+x*y, squares+x*x, distance+(x-y)*(x-y)
		}
		switch metric {
		case "dot_product":
			return dot
		case "euclidean":
			return -distance
		}
		return dot / math.Sqrt(squares)
	}
	all := make([]vectorRow, 0, len(rows))
	for _, r := range rows {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b vectorRow) int {
		if x, y := score(a.vector), score(b.vector); x != y {
			if x > y {
				return -1
			}
			return 1
		}
		return a.id - b.id
	})
	ids := make([]int, 0, limit)
	for _, r := range all[:min(limit, len(all))] {
		ids = append(ids, r.id)
	}
	return ids
}

// TestVectorIndexFollowsTheRows changes a table that is large enough for the
// index, after the index was built, and restarts the server.
func TestVectorIndexFollowsTheRows(t *testing.T) {
	t.Parallel()
	const count, limit = 2600, 20
	for _, metric := range []string{"cosine", "dot_product", "euclidean"} {
		t.Run(metric, func(t *testing.T) {
			t.Parallel()
			source, dir, rows := rand.New(rand.NewPCG(5, 6)), t.TempDir(), map[int]vectorRow{}
			e := serve(t, dir)
			e.done(t, inKeyspace, create(fmt.Sprintf(`"id":"int","v":{"type":"vector","dimension":%d},"n":"int"`, vectorLength), `"id"`))
			on := inKeyspace + "/made"
			e.done(t, on, fmt.Sprintf(`{"createVectorIndex":{"name":"by_v","definition":{"column":"v","options":{"metric":%q}}}}`, metric))
			put := func(ids ...int) {
				t.Helper()
				for some := range slices.Chunk(ids, 100) {
					var documents []string
					for _, id := range some {
						rows[id] = vectorRow{id, randomVector(source)}
						documents = append(documents, fmt.Sprintf(`{"id":%d,"n":%d,"v":%s}`, id, id%7, asJSON(rows[id].vector)))
					}
					e.done(t, on, `{"insertMany":{"documents":[`+strings.Join(documents, ",")+`]}}`)
				}
			}
			agree := func(when string) {
				t.Helper()
				missed := 0
				for range 10 {
					to := randomVector(source)
					got, want := e.nearestIDs(t, on, to, limit, ""), exactIDs(rows, to, limit, metric)
					if len(got) != limit || got[0] != want[0] {
						t.Errorf("%s: %v, want %v", when, got, want)
					}
					for _, id := range want {
						if !slices.Contains(got, id) {
							missed++
						}
					}
				}
				if recall := 1 - float64(missed)/(10*limit); recall < 0.98 {
					t.Errorf("%s: recall %.3f", when, recall)
				}
			}
			ids := make([]int, count)
			for i := range ids {
				ids[i] = i
			}
			put(ids...)
			agree("when built")
			put(5, 6, 7, count+1) // changed and new vectors
			e.done(t, on, `{"deleteOne":{"filter":{"id":8}}}`)
			e.done(t, on, `{"updateOne":{"filter":{"id":9},"update":{"$unset":{"v":""}}}}`)
			delete(rows, 8)
			delete(rows, 9)
			for _, id := range []int{5, 6, 7, count + 1} {
				if got := e.nearestIDs(t, on, rows[id].vector, 1, ""); metric != "dot_product" && !slices.Equal(got, []int{id}) {
					t.Errorf("the new vector of %d is not found: %v", id, got)
				}
			}
			agree("after changes")
			to := randomVector(source)
			for _, id := range e.nearestIDs(t, on, to, limit, `"id":{"$in":[11,12,13]}`) {
				if id < 11 || id > 13 {
					t.Errorf("a filter lets %d through", id)
				}
			}
			e.end()
			e = serve(t, dir)
			defer func() { e.end() }()
			agree("after a restart")
			e.done(t, on, `{"deleteMany":{"filter":{}}}`)
			if got := e.nearestIDs(t, on, to, limit, ""); len(got) != 0 {
				t.Errorf("a truncated table has %v", got)
			}
		})
	}
}
