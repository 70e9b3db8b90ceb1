package update

import (
	"encoding/json"
	"testing"
)

func TestUpdatesOnTheWire(t *testing.T) {
	t.Parallel()
	for want, u := range map[string]any{
		`{}`:                                      Table(),
		`{"$set":{"a":1,"b":null}}`:               Table().Set("a", 1).Set("b", nil),
		`{"$set":{"a":2}}`:                        Table().Set("a", 1).Set("a", 2),
		`{"$unset":{"a":"","b":""}}`:              Table().Unset("a", "b"),
		`{"$push":{"l":"x"}}`:                     Table().Push("l", "x"),
		`{"$push":{"l":{"$each":["x","y"]}}}`:     Table().PushEach("l", "x", "y"),
		`{"$push":{"m":{"$each":[{"k":1}]}}}`:     Table().PutEntries("m", map[string]int64{"k": 1}),
		`{"$pullAll":{"l":["x"]},"$set":{"a":1}}`: Table().Set("a", 1).PullAll("l", "x"),
		`{"$set":{"zero":1}}`:                     new(TableUpdateBuilder).Set("zero", 1),
		`{"$currentDate":{"f":true},"$inc":{"c":1},"$max":{"e":4},"$min":{"d":3},"$mul":{"c2":2},"$rename":{"g":"h"},` +
			`"$set":{"a":1},"$setOnInsert":{"b":2},"$unset":{"i":""}}`: Coll().Set("a", 1).SetOnInsert("b", 2).Unset("i").
			Inc("c", 1).Mul("c2", 2).Min("d", 3).Max("e", 4).CurrentDate("f").Rename("g", "h"),
		`{"$addToSet":{"a":1,"b":{"$each":[1,2]}},"$pop":{"c":-1}}`:           Coll().AddToSet("a", 1).AddToSetEach("b", 1, 2).Pop("c", -1),
		`{"$push":{"a":1,"b":{"$each":[2]},"c":{"$each":[3],"$position":0}}}`: Coll().Push("a", 1).PushEach("b", 2).PushEachPosition("c", 0, 3),
	} {
		got, err := json.Marshal(u)
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}
