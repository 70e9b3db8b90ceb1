package enginetest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/config/table"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest/fault"
)

// failuresDocument shows what was seen, relative to a target's package.
const failuresDocument = "../../docs/failures.md"

// results are what was seen after each failure.
type results struct {
	rows []row
	// listed are types of the cloud's resources that no state knows afterwards and
	// doctor lists, and remains those that it does not list.
	listed, remains []string
	// sawLock and sawPending tell that the commands were tried that free a stack
	// and forget what a kill left without an outcome.
	sawLock, sawPending bool
}

// Cells of a failure that cannot befall a step, and of one that was not tried.
const (
	inapplicable = "–"
	untried      = "not run"
)

type row struct {
	scenario, step string
	cells          map[fault.Kind]string
}

func (r *results) add(scenario, step string, kind fault.Kind, text string) {
	at := slices.IndexFunc(r.rows, func(one row) bool { return one.scenario == scenario && one.step == step })
	if at < 0 {
		at = len(r.rows)
		r.rows = append(r.rows, row{scenario, step, map[fault.Kind]string{}})
	}
	r.rows[at].cells[kind] = text
}

// expect makes the rows of a scenario's steps, in their order.
func (r *results) expect(scenario string, steps []string) {
	for _, step := range steps {
		r.rows = append(r.rows, row{scenario, step, map[fault.Kind]string{}})
	}
}

// note adds a type once.
func note(types *[]string, kind string) {
	if !slices.Contains(*types, kind) {
		*types = append(*types, kind)
		slices.Sort(*types)
	}
}

func (r *results) of(scenario string) (rows []row) {
	for _, one := range r.rows {
		if one.scenario == scenario {
			rows = append(rows, one)
		}
	}
	return rows
}

// markdown has a table for each scenario, or the word that it was not run.
func (r *results) markdown(target string) string {
	var b strings.Builder
	for _, of := range scenarios {
		fmt.Fprintf(&b, "\n%s\n\n", heading(target, of.name))
		rows := r.of(of.name)
		if len(rows) == 0 {
			b.WriteString("Not run yet.\n")
			continue
		}
		b.WriteString("| step |")
		for _, kind := range fault.Kinds() {
			fmt.Fprintf(&b, " %s |", kind)
		}
		b.WriteString("\n|" + strings.Repeat("---|", len(fault.Kinds())+1) + "\n")
		for _, one := range rows {
			b.WriteString(one.line() + "\n")
		}
	}
	for _, one := range []struct {
		text  string
		types []string
	}{{listing, r.listed}, {remaining, r.remains}} {
		if len(one.types) > 0 {
			fmt.Fprintf(&b, "\n%s%s.\n", one.text, strings.Join(one.types, ", "))
		}
	}
	return b.String() + "\n"
}

const (
	listing   = "Created without an answer and known to no state, these stay on the platform; `make doctor ORPHANS=1` lists them: "
	remaining = "Created without an answer and known to no state, these stay on the platform, and `doctor` does not list them: "
)

func heading(target, scenario string) string { return "**" + target + ": " + scenario + "**" }

func (r row) line() string {
	text := "| " + r.step + " |"
	for _, kind := range fault.Kinds() {
		cell := r.cells[kind]
		switch {
		case !befalls(kind, r.step):
			cell = inapplicable
		case cell == "":
			cell = untried
		}
		text += " " + cell + " |"
	}
	return text
}

// written tells whether the document shows a scenario.
func written(t *testing.T, target, scenario string) bool {
	t.Helper()
	content, err := os.ReadFile(failuresDocument)
	must(t, err)
	return len(parsed(string(content), target).of(scenario)) > 0
}

// document writes the target's tables if the environment says so, else holds what
// was seen against them.
func (r *results) document(t *testing.T, target string) {
	t.Helper()
	content, err := os.ReadFile(failuresDocument)
	must(t, err)
	before := parsed(string(content), target)
	if os.Getenv(everyFailure) == "" {
		r.compare(t, before)
		return
	}
	r.keep(before)
	text, err := table.ReplaceBlock(string(content), "failures "+target, r.markdown(target))
	must(t, err)
	must(t, os.WriteFile(failuresDocument, []byte(text), 0o644))
}

// keep takes over what was not seen now: scenarios that were not run, and cells of
// the rows that were.
func (r *results) keep(written *results) {
	for _, of := range scenarios {
		if len(r.of(of.name)) == 0 {
			r.rows = append(r.rows, written.of(of.name)...)
			continue
		}
		for _, one := range r.of(of.name) {
			for kind, cell := range written.row(of.name, one.step).cells {
				if _, seen := one.cells[kind]; !seen {
					one.cells[kind] = cell
				}
			}
		}
	}
	for _, kind := range written.listed {
		note(&r.listed, kind)
	}
	for _, kind := range written.remains {
		if !slices.Contains(r.listed, kind) {
			note(&r.remains, kind)
		}
	}
}

// compare holds what was seen against the document; a step that it does not have
// is only told of.
func (r *results) compare(t *testing.T, written *results) {
	t.Helper()
	for _, seen := range r.rows {
		before := written.row(seen.scenario, seen.step)
		if before.step == "" {
			t.Logf("docs/failures.md does not have %s: %s; write it with: make matrix", seen.scenario, seen.step)
		}
		for kind, cell := range seen.cells {
			if was := before.cells[kind]; was != "" && outcome(seen.scenario, was) != outcome(seen.scenario, cell) {
				t.Errorf("%s, %s, %s: %s; docs/failures.md says %q. Write it with: make matrix", seen.scenario, seen.step, kind, cell, was)
			}
		}
	}
}

// outcome is how an update ended and what serves. The rest of a cell depends on
// what was done before the step: independent resources come in any order. In a
// first deployment the service may be one of them.
func outcome(scenario, cell string) string {
	parts := strings.SplitN(cell, ", ", 3)
	told := 2
	if scenario == scenarios[0].name {
		told = 1
	}
	return strings.Join(parts[:min(told, len(parts))], ", ")
}

// row is that of a step, empty if there is none.
func (r *results) row(scenario, step string) row {
	for _, one := range r.of(scenario) {
		if one.step == step {
			return one
		}
	}
	return row{}
}

// parsed are the tables of a target in the document.
func parsed(document, target string) *results {
	r := &results{}
	_, block, _ := strings.Cut(document, "<!-- generated: failures "+target+" ")
	block, _, _ = strings.Cut(block, "<!-- end: failures "+target+" -->")
	scenario := ""
	for line := range strings.Lines(block) {
		line = strings.TrimSpace(line)
		if name, is := strings.CutPrefix(line, "**"+target+": "); is {
			scenario = strings.TrimSuffix(name, "**")
		}
		if types, is := strings.CutPrefix(line, listing); is {
			r.listed = strings.Split(strings.TrimSuffix(types, "."), ", ")
		}
		if types, is := strings.CutPrefix(line, remaining); is {
			r.remains = strings.Split(strings.TrimSuffix(types, "."), ", ")
		}
		cells := strings.Split(line, "|")
		if len(cells) != len(fault.Kinds())+3 || strings.HasPrefix(cells[1], "-") || strings.TrimSpace(cells[1]) == "step" {
			continue
		}
		for i, kind := range fault.Kinds() {
			if cell := strings.TrimSpace(cells[i+2]); cell != untried && cell != inapplicable {
				r.add(scenario, strings.TrimSpace(cells[1]), kind, cell)
			}
		}
	}
	return r
}
