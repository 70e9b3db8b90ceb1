package ddl

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/caller"
)

// Plan is what has to be added to a keyspace.
type Plan struct {
	Create    []Table  // tables that are missing; their indexes are in Indexes
	Columns   []Change // columns that are missing
	Vectorize []Change // columns whose embedding service is missing
	Indexes   []Change // indexes that are missing
}

// Change is one addition to one table. Columns are definitions, or services
// of columns that are there.
type Change struct {
	Table   string
	Columns map[string]json.RawMessage
	Index   Index
}

// names are those of the columns, in order.
func (c Change) names() string { return strings.Join(slices.Sorted(maps.Keys(c.Columns)), ", ") }

// Empty says that nothing has to be done.
func (p Plan) Empty() bool { return len(p.Create)+len(p.Columns)+len(p.Vectorize)+len(p.Indexes) == 0 }

// String lists the additions in one line.
func (p Plan) String() string {
	var parts []string
	for _, table := range p.Create {
		parts = append(parts, "table "+table.Name)
	}
	for _, change := range p.Columns {
		parts = append(parts, fmt.Sprintf("columns %s of %s", change.names(), change.Table))
	}
	for _, change := range p.Vectorize {
		parts = append(parts, fmt.Sprintf("the embedding of %s of %s", change.names(), change.Table))
	}
	for _, change := range p.Indexes {
		parts = append(parts, "index "+change.Index.Name)
	}
	return strings.Join(parts, "; ")
}

// Compare plans how to bring the tables of a keyspace to the wanted ones. What
// exists and is not wanted is left alone. A difference that cannot be added
// away is in the error, all of them together.
func Compare(existing, wanted []Table) (Plan, error) {
	var plan Plan
	var problems conflicts
	for _, want := range wanted {
		have, exists := find(existing, want.Name)
		if !exists {
			plan.Create = append(plan.Create, want)
			plan.addIndexes(want.Name, want.Indexes)
			continue
		}
		if missing := want.columnsNotIn(have); len(missing) > 0 {
			plan.Columns = append(plan.Columns, Change{Table: want.Name, Columns: missing})
		}
		if missing := want.servicesNotIn(have); len(missing) > 0 {
			plan.Vectorize = append(plan.Vectorize, Change{Table: want.Name, Columns: missing})
		}
		plan.addIndexes(want.Name, problems.compare(have, want))
	}
	return plan, problems.err()
}

// Losses are the changes from one wish to the next that adding cannot make:
// other types, another key, other indexes. Tables, columns and indexes that are
// not declared any more, as by an older release, are left alone and only told of.
func Losses(before, after []Table) (left []string, err error) {
	var problems conflicts
	for _, have := range before {
		if _, stays := find(after, have.Name); !stays {
			left = append(left, "table "+have.Name)
		}
	}
	for _, want := range after {
		have, was := find(before, want.Name)
		if !was {
			continue
		}
		problems.compare(have, want)
		for _, column := range slices.Sorted(maps.Keys(have.Columns)) {
			if _, ok := want.Columns[column]; !ok {
				left = append(left, fmt.Sprintf("column %s of table %s", column, want.Name))
			}
		}
		for _, index := range have.Indexes {
			if !slices.ContainsFunc(want.Indexes, func(i Index) bool { return i.Name == index.Name }) {
				left = append(left, fmt.Sprintf("index %s of table %s", index.Name, want.Name))
			}
		}
	}
	return left, problems.err()
}

func find(tables []Table, name string) (Table, bool) {
	at := slices.IndexFunc(tables, func(t Table) bool { return t.Name == name })
	if at < 0 {
		return Table{}, false
	}
	return tables[at], true
}

func (p *Plan) addIndexes(table string, indexes []Index) {
	for _, index := range indexes {
		p.Indexes = append(p.Indexes, Change{Table: table, Index: index})
	}
}

// columnsNotIn returns the definitions of the columns that have lacks.
func (t Table) columnsNotIn(have Table) map[string]json.RawMessage {
	var d struct {
		Columns map[string]json.RawMessage `json:"columns"`
	}
	// It was parsed once already, by Parse.
	_ = json.Unmarshal(t.Definition, &d)
	for column := range have.Columns {
		delete(d.Columns, column)
	}
	return d.Columns
}

// servicesNotIn returns the services of columns that have has without one.
func (t Table) servicesNotIn(have Table) map[string]json.RawMessage {
	missing := map[string]json.RawMessage{}
	for column, service := range t.Services {
		if _, there := have.Columns[column]; there && have.Services[column] == nil {
			missing[column] = service
		}
	}
	return missing
}

// conflicts are differences that cannot be added away, each with the fix.
type conflicts []string

func (c *conflicts) add(format string, args ...any) { *c = append(*c, fmt.Sprintf(format, args...)) }

func (c conflicts) err() error {
	if len(c) == 0 {
		return nil
	}
	return fmt.Errorf("the schema cannot be changed this way:\n- %s", strings.Join(c, "\n- "))
}

// compare notes all conflicts of a table, and returns its missing indexes.
func (c *conflicts) compare(have, want Table) (missing []Index) {
	c.compareKeys(have, want)
	c.compareTypes(have, want)
	c.compareServices(have, want)
	return c.compareIndexes(have, want)
}

func (c *conflicts) compareKeys(have, want Table) {
	if !have.Key.equal(want.Key) {
		c.add("table %s: the primary key is (%s) and cannot become (%s); make a table of another name and copy the rows",
			want.Name, have.Key, want.Key)
	}
}

func (c *conflicts) compareTypes(have, want Table) {
	for _, column := range slices.Sorted(maps.Keys(want.Columns)) {
		if typ, ok := have.Columns[column]; ok && typ != want.Columns[column] {
			c.add("table %s: column %s is %s and cannot become %s; add a column of another name and copy the values",
				want.Name, column, typ, want.Columns[column])
		}
	}
}

// compareServices refuses another model for a column that embeds texts.
func (c *conflicts) compareServices(have, want Table) {
	for _, column := range slices.Sorted(maps.Keys(want.Services)) {
		is, wanted := have.Services[column], want.Services[column]
		if is != nil && modelOf(is) != modelOf(wanted) {
			c.add("table %s: the texts of column %s are embedded by %s and cannot be by %s, whose vectors do not compare; "+
				"add a column of another name", want.Name, column, modelOf(is), modelOf(wanted))
		}
	}
}

// modelOf names who embeds.
func modelOf(service json.RawMessage) string {
	var s struct{ Provider, ModelName string }
	_ = json.Unmarshal(service, &s) // what is no object names no service
	return s.Provider + "/" + s.ModelName
}

// compareIndexes returns the missing indexes; one of the same name that is
// something else is a conflict.
func (c *conflicts) compareIndexes(have, want Table) []Index {
	var missing []Index
	for _, index := range want.Indexes {
		at := slices.IndexFunc(have.Indexes, func(i Index) bool { return i.Name == index.Name })
		if at < 0 {
			missing = append(missing, index)
			continue
		}
		if existing := have.Indexes[at]; !existing.same(index) {
			c.add("index %s of table %s is a %s and cannot become a %s; give the new one another name, "+
				"or drop it by hand and run "+caller.Here("refresh"), index.Name, want.Name, existing, index)
		}
	}
	return missing
}

// Present returns what of the wanted tables exists: for telling drift.
func Present(existing, wanted []Table) []Table {
	var present []Table
	for _, want := range wanted {
		if have, exists := find(existing, want.Name); exists {
			present = append(present, want.limitedTo(have))
		}
	}
	return present
}
