package sort

import (
	"reflect"
	"testing"
)

func TestClausesKeepTheirOrderAndDoNotShare(t *testing.T) {
	t.Parallel()
	base := Desc("day").Asc("id")
	one, two := base.Asc("one"), base.By("two", []float32{1})
	if !reflect.DeepEqual(base, Clauses{{"day": Descending}, {"id": Ascending}}) {
		t.Errorf("base is %v", base)
	}
	if !reflect.DeepEqual(one[2], S{"one": Ascending}) || !reflect.DeepEqual(two[2], S{"two": []float32{1}}) {
		t.Errorf("got %v and %v", one, two)
	}
}
