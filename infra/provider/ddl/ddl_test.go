package ddl_test

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/provider/ddl"
)

const videos = `{"columns":{"id":"uuid","tags":{"type":"set","valueType":"text"},"added":"timestamp","v":{"type":"vector","dimension":3}},
"primaryKey":{"partitionBy":["id"],"partitionSort":{"v2":-1,"added":1}}}`

func table(t *testing.T, definition string, indexes ...ddl.Index) ddl.Table {
	t.Helper()
	parsed, err := ddl.Parse("videos", definition)
	if err != nil {
		t.Fatal(err)
	}
	parsed.Indexes = indexes
	return parsed
}

func index(t *testing.T, name, kind, column string) ddl.Index {
	t.Helper()
	parsed, err := ddl.ParseIndex(name, kind, column, "")
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, definition := range map[string]string{
		"no JSON":                 `{`,
		"no key":                  `{"columns":{"a":"text"}}`,
		"key of another column":   `{"columns":{"a":"text"},"primaryKey":"b"}`,
		"sort of another column":  videos,
		"a direction that is two": `{"columns":{"a":"text"},"primaryKey":{"partitionBy":["a"],"partitionSort":{"a":2}}}`,
		"a type that is a number": `{"columns":{"a":1},"primaryKey":"a"}`,
		"a type without type":     `{"columns":{"a":{"dimension":3}},"primaryKey":"a"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := ddl.Parse("videos", definition); err == nil || !strings.Contains(err.Error(), "table videos") {
				t.Errorf("err = %v, want one that names the table", err)
			}
		})
	}
}

func TestShortAndLongFormsAreTheSame(t *testing.T) {
	t.Parallel()
	short := table(t, `{"columns":{"a":"text","m":{"type":"map","keyType":"text","valueType":"int"},"v":{"type":"vector",
		"dimension":3}},"primaryKey":"a"}`, index(t, "i", "", "m"))
	long := table(t, `{"columns":{"a":{"type":"text"},"m":{"type":"map","keyType":{"type":"text"},"valueType":{"type":"int"}},
		"v":{"type":"vector","dimension":3,"apiSupport":{"filter":false}}},"primaryKey":{"partitionBy":["a"],"partitionSort":{}}}`,
		index(t, "i", ddl.Regular, "m"))
	plan, err := ddl.Compare([]ddl.Table{long}, []ddl.Table{short})
	if err != nil || !plan.Empty() {
		t.Errorf("plan = %v, err = %v, want nothing to do", plan, err)
	}
}

func TestCompareAddsWhatIsMissing(t *testing.T) {
	t.Parallel()
	have := table(t, `{"columns":{"a":"text","old":"text"},"primaryKey":"a"}`)
	want := table(t, `{"columns":{"a":"text","b":"int"},"primaryKey":"a"}`, index(t, "videos_b", "", "b"))
	plan, err := ddl.Compare([]ddl.Table{have}, []ddl.Table{want})
	if err != nil {
		t.Fatal(err)
	}
	if got := plan.String(); got != "columns b of videos; index videos_b" {
		t.Errorf("plan = %s", got)
	}
	if got := string(plan.Columns[0].Columns["b"]); got != `"int"` {
		t.Errorf("column b = %s", got)
	}
	plan, err = ddl.Compare(nil, []ddl.Table{want})
	if err != nil || plan.String() != "table videos; index videos_b" {
		t.Errorf("plan = %v, err = %v, want the table and its index", plan, err)
	}
}

// A service is added to a column that has none. Another one is refused.
func TestCompareAddsWhoEmbeds(t *testing.T) {
	t.Parallel()
	column := func(service string) ddl.Table {
		return table(t, `{"columns":{"a":"text","v":{"type":"vector","dimension":3`+service+`}},"primaryKey":"a"}`)
	}
	none, null, one := column(""), column(`,"service":null`), column(`,"service":{"provider":"nvidia","modelName":"m"}`)
	for name, test := range map[string]struct {
		have, want ddl.Table
		plan       string
	}{
		"missing": {none, one, "the embedding of v of videos"}, "null": {null, one, "the embedding of v of videos"},
		"there": {one, one, ""}, "not wanted": {one, none, ""},
	} {
		plan, err := ddl.Compare([]ddl.Table{test.have}, []ddl.Table{test.want})
		if err != nil || plan.String() != test.plan || plan.Empty() != (test.plan == "") {
			t.Errorf("%s: %q, %v", name, plan, err)
		}
	}
	other := column(`,"service":{"provider":"openai","modelName":"m"}`)
	if _, err := ddl.Compare([]ddl.Table{other}, []ddl.Table{one}); err == nil || !strings.Contains(err.Error(),
		"embedded by openai/m and cannot be by nvidia/m") {
		t.Errorf("err = %v, want one about the other model", err)
	}
	if got := string(ddl.Present([]ddl.Table{none}, []ddl.Table{one})[0].Definition); strings.Contains(got,
		"service") || !strings.Contains(got, `"dimension":3`) {
		t.Errorf("a dropped service does not show: %s", got)
	}
}

func TestWhatCannotBeAddedIsAnError(t *testing.T) {
	t.Parallel()
	base := `{"columns":{"a":"text","b":"text","c":"int"},"primaryKey":{"partitionBy":["a"],"partitionSort":{"b":1,"c":-1}}}`
	for name, test := range map[string]struct {
		have, want string
		index      ddl.Index
		message    string
	}{
		"another type": {base, strings.Replace(base, `"c":"int"`, `"c":"bigint"`, 1), ddl.Index{},
			"column c is int and cannot become bigint"},
		"another order of the sort": {base, strings.Replace(base, `"b":1,"c":-1`, `"c":-1,"b":1`, 1), ddl.Index{},
			"sort by b 1, c -1) and cannot become"},
		"another partition": {base, strings.Replace(base, `["a"]`, `["a","b"]`, 1), ddl.Index{}, "partition by a, b"},
		"another indexed column": {base, base, index(t, "i", "", "c"),
			`a regular index on "b" with ascii false, caseSensitive true, normalize false and cannot become a regular index on "c"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			have, want := table(t, test.have, index(t, "i", "", "b")), table(t, test.want)
			if test.index.Name != "" {
				want.Indexes = []ddl.Index{test.index}
			}
			for source, compare := range map[string]func() error{
				"the database": func() error { _, err := ddl.Compare([]ddl.Table{have}, []ddl.Table{want}); return err },
				"the last up":  func() error { _, err := ddl.Losses([]ddl.Table{have}, []ddl.Table{want}); return err },
			} {
				if err := compare(); err == nil || !strings.Contains(err.Error(), test.message) {
					t.Errorf("against %s: err = %v, want %q", source, err, test.message)
				}
			}
		})
	}
}

func TestLosses(t *testing.T) {
	t.Parallel()
	before := table(t, `{"columns":{"a":"text","b":"text"},"primaryKey":"a"}`)
	after := table(t, `{"columns":{"a":"text"},"primaryKey":"a"}`)
	before.Indexes = []ddl.Index{index(t, "i", "", "b")}
	for name, test := range map[string]struct {
		before, after []ddl.Table
		left          string
	}{
		"an older release": {[]ddl.Table{before}, []ddl.Table{after}, "column b of table videos, index i of table videos"},
		"a newer release":  {[]ddl.Table{after}, []ddl.Table{before}, ""},
		"the first one":    {nil, []ddl.Table{before}, ""},
		"no table":         {[]ddl.Table{before}, nil, "table videos"},
	} {
		left, err := ddl.Losses(test.before, test.after)
		if err != nil || strings.Join(left, ", ") != test.left {
			t.Errorf("%s: left %v, %v; want %q", name, left, err, test.left)
		}
	}
}

// The options of an index make it what it is; those that are left out have
// their defaults, and a database may write them in capitals.
func TestOptionsOfIndexesAreCompared(t *testing.T) {
	t.Parallel()
	columns := `{"columns":{"a":"text","v":{"type":"vector","dimension":3}},"primaryKey":"a"}`
	with := func(kind, definition string) ddl.Table {
		i, err := ddl.ParseIndex("i", kind, "", definition)
		if err != nil {
			t.Fatal(err)
		}
		return table(t, columns, i)
	}
	for name, test := range map[string]struct {
		kind, have, want string
		message          string
	}{
		"another metric": {ddl.Vector, `{"column":"v","options":{"metric":"cosine"}}`,
			`{"column":"v","options":{"metric":"dot_product"}}`, "metric dot_product"},
		"a default left": {ddl.Vector, `{"column":"v"}`, `{"column":"v","options":{"metric":"euclidean"}}`, "metric cosine"},
		"back to a default": {ddl.Vector, `{"column":"v","options":{"metric":"dot_product","sourceModel":"other"}}`, `{"column":"v"}`,
			"metric cosine"},
		"another model":     {ddl.Vector, `{"column":"v"}`, `{"column":"v","options":{"sourceModel":"bert"}}`, "sourceModel bert"},
		"the default named": {ddl.Vector, `{"column":"v"}`, `{"column":"v","options":{"metric":"cosine","sourceModel":"OTHER"}}`, ""},
		"a metric by model": {ddl.Vector, `{"column":"v","options":{"metric":"dot_product","sourceModel":"bert"}}`,
			`{"column":"v","options":{"sourceModel":"bert"}}`, ""},
		"case no longer": {ddl.Regular, `{"column":"a"}`, `{"column":"a","options":{"caseSensitive":false}}`, "caseSensitive false"},
		"case as by default": {ddl.Regular, `{"column":"a","options":{"ascii":false,"caseSensitive":true,"normalize":false}}`,
			`{"column":"a"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			have, want := []ddl.Table{with(test.kind, test.have)}, []ddl.Table{with(test.kind, test.want)}
			_, fromDatabase := ddl.Compare(have, want)
			_, fromState := ddl.Losses(have, want)
			for source, err := range map[string]error{"the database": fromDatabase, "the last up": fromState} {
				if test.message == "" && err != nil || test.message != "" && (err == nil || !strings.Contains(err.Error(), test.message)) {
					t.Errorf("against %s: err = %v, want %q", source, err, test.message)
				}
			}
			if shown := len(ddl.Present(have, want)[0].Indexes) == 0; shown != (test.message != "") {
				t.Errorf("a refresh shows it: %v", shown)
			}
		})
	}
}

func TestPresentTellsWhatIsLeft(t *testing.T) {
	t.Parallel()
	want := table(t, `{"columns":{"a":"text","b":"text"},"primaryKey":"a"}`, index(t, "i", "", "b"))
	have := table(t, `{"columns":{"a":"text","c":"text"},"primaryKey":"a"}`)
	if got := ddl.Present(nil, []ddl.Table{want}); len(got) != 0 {
		t.Errorf("present = %v, want none", got)
	}
	got := ddl.Present([]ddl.Table{have}, []ddl.Table{want})
	if len(got) != 1 || string(got[0].Definition) != `{"columns":{"a":"text"},"primaryKey":"a"}` || len(got[0].Indexes) != 0 {
		t.Errorf("present = %s %v", got[0].Definition, got[0].Indexes)
	}
	got = ddl.Present([]ddl.Table{want}, []ddl.Table{want})
	if string(got[0].Definition) != string(want.Definition) || len(got[0].Indexes) != 1 {
		t.Error("an untouched table reads differently from the wanted one")
	}
}

func TestParseIndex(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ kind, column, definition string }{
		"another kind": {"text", "a", ""},
		"no column":    {"", "", ""},
		"no JSON":      {"", "", "{"},
		"null column":  {"", "", `{"column":null}`},
	} {
		if _, err := ddl.ParseIndex("i", test.kind, test.column, test.definition); err == nil || !strings.Contains(err.Error(), "index i") {
			t.Errorf("%s: err = %v", name, err)
		}
	}
	if _, err := ddl.ParseIndex("i", "", "", `{"column":{"m":"$keys"}}`); err != nil {
		t.Errorf("an index on a map's keys is refused: %v", err)
	}
}

// A plan with any one addition is not empty.
func TestEmpty(t *testing.T) {
	t.Parallel()
	for name, plan := range map[string]ddl.Plan{
		"a table": {Create: make([]ddl.Table, 1)}, "a column": {Columns: make([]ddl.Change, 1)},
		"a service": {Vectorize: make([]ddl.Change, 1)}, "an index": {Indexes: make([]ddl.Change, 1)},
	} {
		if plan.Empty() {
			t.Errorf("a plan with %s is empty", name)
		}
	}
	if !(ddl.Plan{}).Empty() {
		t.Error("a plan without anything is not")
	}
}

// Of several indexes only those that are not wanted are left, and a member that
// is null is as good as none.
func TestWhatIsLeftIsNamedExactly(t *testing.T) {
	t.Parallel()
	before := table(t, `{"columns":{"a":"text","b":"text","c":"text","v":{"type":"vector","dimension":3,"service":null}},"primaryKey":"a"}`,
		index(t, "kept", "", "b"), index(t, "gone", "", "c"))
	after := table(t, `{"columns":{"a":"text","b":"text","c":"text","v":{"type":"vector","dimension":3}},"primaryKey":"a"}`,
		index(t, "kept", "", "b"))
	left, err := ddl.Losses([]ddl.Table{before}, []ddl.Table{after})
	if err != nil || strings.Join(left, ", ") != "index gone of table videos" {
		t.Errorf("left %v, %v", left, err)
	}
	if text := before.Key.String(); text != "partition by a" {
		t.Errorf("a key without sorting is shown as %q", text)
	}
}
