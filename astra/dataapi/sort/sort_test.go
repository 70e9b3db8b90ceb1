package sort

import (
	"encoding/json"
	"testing"
)

func TestSortsOnTheWire(t *testing.T) {
	t.Parallel()
	base := Desc("day").Asc("id")
	_ = base.Asc("not shared")
	text := "cats"
	for want, s := range map[string]Sortable{
		`{"day":-1,"id":1}`:                  base,
		`{"day":-1,"id":1,"b":[1]}`:          base.By("b", []float32{1}),
		`{"z":1,"a":-1}`:                     Clauses{{"z": Ascending}, {"a": Descending}},
		`{"z":1}`:                            S{"z": 1},
		`{}`:                                 Sort{},
		`{"$vector":{"$binary":"P4AAAA=="}}`: Vector([]float32{1}),
		`{"$vectorize":"cats"}`:              Vectorize(text),
		`{"$lexical":"cats"}`:                Lexical(text),
		`{"$hybrid":"cats"}`:                 Hybrid(text),
		`{"$hybrid":{"$vectorize":"cats","$lexical":"cats"}}`: HybridBy(HybridSort{Vectorize: &text, Lexical: &text}),
	} {
		got, err := json.Marshal(s)
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	if text, err := json.Marshal(By("a", make(chan int))); err == nil {
		t.Errorf("%s was accepted", text)
	}
}
