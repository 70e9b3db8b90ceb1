package local_test

import "testing"

func TestTextIndexes(t *testing.T) {
	t.Parallel()
	e := start(t)
	e.done(t, inKeyspace, create(`"id":"int","text":"text","plain":"text","n":"int"`, `"id"`))
	on := inKeyspace + "/made"
	text := func(name, column, options string) string {
		return `{"createTextIndex":{"name":"` + name + `","definition":{"column":"` + column + `"` + options + `}}}`
	}
	e.done(t, on, `{"insertMany":{"documents":[{"id":1,"text":"The cat sat; the CAT slept.","plain":"cat"},{"id":2,
		"text":"A cat and, among many other animals, a dog"},{"id":3,"text":"Dogs"},{"id":4},
		{"id":5,"text":"red"},{"id":6,"text":"red"},{"id":7,"text":"red red kite"},{"id":8,"text":"red kite kite"}]}}`)
	e.hold(t, []exchange{
		{name: "of a number", target: on, send: text("x", "n", ""), code: "UNSUPPORTED_TEXT_INDEX_FOR_DATA_TYPES"},
		{name: "another option", target: on, send: text("x", "text", `,"options":{"ascii":true}`), code: "COMMAND_FIELD_UNKNOWN"},
		{name: "an unknown analyzer", target: on, send: text("x", "text", `,"options":{"analyzer":"klingon"}`), code: "INVALID_DATABASE_QUERY"},
		{name: "matched without", target: on, send: find(`"filter":{"text":{"$match":"cat"}}`),
			code: "CANNOT_LEXICAL_FILTER_NON_INDEXED_COLUMNS"},
		{name: "sorted without", target: on, send: sortBy(`"text":"cat"`), code: "CANNOT_LEXICAL_SORT_NON_INDEXED_COLUMNS"},
		{name: "made", target: on, send: text("by_text", "text", ""), want: []string{`"ok":1`}},
		{name: "another analyzer", target: on, send: text("by_plain", "plain", `,"options":{"analyzer":"keyword"}`), want: []string{`"ok":1`}},
		{name: "listed", target: on, send: `{"listIndexes":{"options":{"explain":true}}}`,
			want: []string{`{"definition":{"column":"text","options":{"analyzer":"standard"}},"indexType":"text","name":"by_text"}`}},
		{name: "matched", target: on, send: find(`"filter":{"text":{"$match":"Cat"}},"projection":{"id":1}`),
			want: []string{`{"id":1}`, `{"id":2}`}},
		{name: "all terms", target: on, send: find(`"filter":{"text":{"$match":"dog, cat"}},"projection":{"id":1}`),
			want: []string{`"documents":[{"id":2}]`}},
		{name: "no term", target: on, send: find(`"filter":{"text":{"$match":"..."}},"projection":{"id":1}`), want: []string{`"documents":[]`}},
		{name: "as a whole", target: on, send: find(`"filter":{"plain":{"$match":"ca"}},"projection":{"id":1}`),
			want: []string{`"documents":[]`}},
		{name: "not", target: on, send: find(`"filter":{"$not":{"text":{"$match":"cat"}}}`), code: "FILTER_INVALID_EXPRESSION"},
		{name: "a number", target: on, send: find(`"filter":{"text":{"$match":1}}`), code: "FILTER_INVALID_EXPRESSION"},
		{name: "on no text", target: on, send: find(`"filter":{"n":{"$match":"1"}}`), code: "CANNOT_LEXICAL_FILTER_NON_INDEXED_COLUMNS"},
		{name: "sorted", target: on, send: find(`"filter":{"id":{"$in":[1,2,3]}},"sort":{"text":"cat"},"projection":{"id":1}`),
			want: []string{`"documents":[{"id":1},{"id":2}]`, `"nextPageState":null`}},
		{name: "the rarer word counts more", target: on, send: find(`"filter":{"id":{"$in":[5,6,7,8]}},"sort":{"text":"red kite"},
			"projection":{"id":1}`), want: []string{`"documents":[{"id":8},{"id":7}]`}},
		{name: "limited", target: on, send: find(`"filter":{"id":{"$in":[1,2,3]}},"sort":{"text":"cat"},"projection":{"id":1},
			"options":{"limit":1}`), want: []string{`"documents":[{"id":1}]`}},
		{name: "sorted with skip", target: on, send: find(`"sort":{"text":"cat"},"options":{"skip":1}`),
			code: "CANNOT_LEXICAL_SORT_WITH_SKIP_OPTION"},
		{name: "sorted with another", target: on, send: find(`"sort":{"text":"cat","n":1}`), code: "CANNOT_SORT_ON_SPECIAL_WITH_OTHERS"},
		{name: "dropped", target: inKeyspace, send: `{"dropIndex":{"name":"by_text"}}`, want: []string{`"ok":1`}},
		{name: "matched after", target: on, send: find(`"filter":{"text":{"$match":"cat"}}`), code: "CANNOT_LEXICAL_FILTER_NON_INDEXED_COLUMNS"},
	})
}
