package update

import (
	"encoding/json"
	"testing"
)

func TestUpdatesOnTheWire(t *testing.T) {
	t.Parallel()
	for want, u := range map[string]*TableUpdate{
		`{}`:                                      Table(),
		`{"$set":{"a":1,"b":null}}`:               Table().Set("a", 1).Set("b", nil),
		`{"$set":{"a":2}}`:                        Table().Set("a", 1).Set("a", 2),
		`{"$unset":{"a":"","b":""}}`:              Table().Unset("a", "b"),
		`{"$push":{"l":"x"}}`:                     Table().Push("l", "x"),
		`{"$push":{"l":{"$each":["x","y"]}}}`:     Table().PushEach("l", "x", "y"),
		`{"$pullAll":{"l":["x"]},"$set":{"a":1}}`: Table().Set("a", 1).PullAll("l", "x"),
	} {
		got, err := json.Marshal(u.U())
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}
