package documents

import (
	"cmp"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
)

func object(text string) *jsonv.Object {
	in, err := jsonv.Decode([]byte(text))
	if err != nil {
		return nil
	}
	o, _ := in.(*jsonv.Object)
	return o
}

// samples are documents to apply what is read to.
func samples() []*jsonv.Object {
	return []*jsonv.Object{
		object(`{}`),
		object(`{"_id":"a","n":1,"t":"x","b":true,"z":null,"l":[1,"x",[2],{"k":3}],"o":{"k":{"d":1.5}},"at":{"$date":5},
			"$vector":[1,0],"$lexical":"x"}`),
		object(`{"_id":{"$uuid":"a0000000-0000-4000-8000-000000000001"},"n":"1","l":[],"o":[{"k":1},{"k":2}],"a.b":1}`),
	}
}

// FuzzFilter: a filter that is accepted applies to any document, and is the
// opposite of its opposite.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"n":1}`, `{"l":"x"}`, `{"l.3.k":{"$gte":3}}`, `{"o.k.d":{"$in":[1.5,null]}}`, `{"$and":[{"n":{"$ne":1}},{"$or":[{"t":"x"}]}]}`,
		`{"l":{"$all":[1,"x"]}}`,
		`{"l":{"$size":4}}`, `{"z":{"$exists":false}}`, `{"at":{"$gt":{"$date":4}}}`, `{"o":{"k":{"d":1.5}}}`, `{"$not":{"n":{"$nin":[2]}}}`,
		`{"a&.b":1}`, `{"_id":{"$uuid":"x"}}`, `{"":1}`, `{"$lexical":{"$match":"x"}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o := object(text)
		if o == nil {
			return
		}
		filter, err := ParseFilter(o)
		if err != nil {
			return
		}
		not := func(o *jsonv.Object) *jsonv.Object {
			out := jsonv.NewObject()
			out.Set("$not", o)
			return out
		}
		_, err = ParseFilter(not(o))
		same, _ := ParseFilter(not(not(o)))
		if filter.Lexical(func(text, wanted string) bool { return text == wanted }) != (err != nil) {
			t.Fatalf("%s is accepted, and of its opposite: %v", text, err)
		}
		_, _ = filter.IDs()
		for _, doc := range samples() {
			if passes := filter.Match(doc); err == nil && passes != same.Match(doc) {
				t.Fatalf("%s and the opposite of its opposite say different of %v", text, doc)
			}
		}
	})
}

// FuzzUpdate: an update that is accepted makes something that can be stored of
// any document or fails. It takes little time.
func FuzzUpdate(f *testing.F) {
	for _, seed := range []string{
		`{"$set":{"n":2,"o.k":1,"l.9.x":[]}}`, `{"$inc":{"n":1e9,"o.k.d":-1},"$unset":{"t":1}}`,
		`{"$push":{"l":{"$each":[1,2],"$position":-1}}}`, `{"$addToSet":{"l":{"$each":[1,{"k":3}]}}}`,
		`{"$pop":{"l":-1}}`, `{"$rename":{"o.k":"p.q"}}`, `{"$mul":{"n":2}}`, `{"$min":{"n":0},"$max":{"t":"z"}}`,
		`{"$currentDate":{"at":true}}`, `{"$setOnInsert":{"_id":1}}`, `{"$inc":{"n":1e-99999999}}`,
		`{"$set":{"l.99999999999999999999":1}}`, `{"$rename":{"l":"l.0"}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o := object(text)
		if o == nil {
			return
		}
		u, err := ParseUpdate(o)
		if err != nil {
			return
		}
		for _, doc := range samples() {
			if _, err := u.Apply(doc, true, time.Unix(0, 0)); err != nil {
				continue
			}
			if stored, err := jsonv.Marshal(doc); err != nil || len(stored) > 8_000_000 {
				t.Fatalf("%s makes %d bytes: %v", text, len(stored), err)
			}
		}
	})
}

// FuzzShape: projections and orders are accepted or refused; what is accepted
// applies to any document, and an order is one.
func FuzzShape(f *testing.F) {
	for _, seed := range []string{
		`{"n":1}`, `{"o.k":0}`, `{"_id":0,"n":true}`, `{"l":{"$slice":[1,2]}}`, `{"l":{"$slice":-9223372036854775808}}`, `{"$vector":1}`,
		`{"*":1}`, `{"n":-1,"t":1}`, `{"$vector":[1,2]}`, `{"l.0":1}`, `{"o.k":1,"o":0}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o := object(text)
		if o == nil {
			return
		}
		if p, err := ParseProjection(o); err == nil {
			for _, doc := range samples() {
				if _, err := jsonv.Marshal(p.Apply(doc)); err != nil {
					t.Fatalf("%s shows what cannot be sent: %v", text, err)
				}
			}
		}
		s, err := ParseSort(o)
		if err != nil || s == nil || !s.ByFields() {
			return
		}
		for _, a := range samples() {
			for _, b := range samples() {
				if x, y := s.Less(a, b), s.Less(b, a); cmp.Compare(x, 0) != -cmp.Compare(y, 0) {
					t.Fatalf("%s orders %v and %v as %d and as %d", text, a, b, x, y)
				}
			}
		}
	})
}
