package cost

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// Basis says what an estimate rests on.
const Basis = "an estimate from list prices, " + asOf + ", compared with no bill"

const (
	unknown = "cost: no estimate; nothing in this plan is billed by what runs, or its prices are not known here\n"
	meaning = "from the fewest instances without a request to all of them busy"
	typical = "a typical month has one busy instance more than the fewest for 8 hours a day"
	leftOut = Basis + "; free tier, requests, data, logs, stored images and Astra are not in it"
)

// Print writes the estimate by resource, those of a type that cost the same in
// one line, or why there is none.
func Print(w io.Writer, p *plan.Plan) error {
	items, known := Items(p)
	if !known {
		_, err := io.WriteString(w, unknown+quota(p))
		return err
	}
	total, _ := Of(p)
	var b strings.Builder
	fmt.Fprintf(&b, "cost, a rough estimate: %s a month, typically %.0f\n", total, total.Typical)
	lines := append(grouped(items), Item{"together", total})
	width := 0
	for _, line := range lines {
		width = max(width, utf8.RuneCountInString(line.Resource))
	}
	fmt.Fprintf(&b, "  %-*s  %8s  %8s  %8s\n", width, "USD a month", "least", "typical", "most")
	for _, line := range lines {
		fmt.Fprintf(&b, "  %-*s  %8.2f  %8.2f  %8.2f\n", width, line.Resource, line.Least, line.Typical, line.Most)
	}
	for _, note := range Notes(p) {
		fmt.Fprintf(&b, "  %s\n", note)
	}
	_, err := io.WriteString(w, b.String()+quota(p))
	return err
}

// Notes say what an estimate means and what is not in it.
func Notes(p *plan.Plan) []string {
	notes := []string{meaning + "; " + typical, leftOut}
	if of := nodes(p); of != "" {
		notes = append(notes, strings.TrimPrefix(of, "; "))
	}
	return notes
}

// grouped has the items of a type that cost the same as one, such as "6 × TYPE",
// the most expensive first.
func grouped(items []Item) (lines []Item) {
	for len(items) > 0 {
		first, kind := items[0], kindOf(items[0])
		same := func(one Item) bool { return kindOf(one) == kind && one.Estimate == first.Estimate }
		rest, sum, count := []Item{}, Estimate{}, 0
		for _, one := range items {
			if same(one) {
				sum, count = sum.plus(one.Estimate), count+1
			} else {
				rest = append(rest, one)
			}
		}
		if first.Estimate = sum; count > 1 {
			first.Resource = fmt.Sprintf("%d × %s", count, kind)
		}
		lines, items = append(lines, first), rest
	}
	slices.SortStableFunc(lines, func(a, b Item) int { return cmp.Compare(b.Typical, a.Typical) })
	return lines
}

func kindOf(one Item) string {
	kind, _, _ := strings.Cut(one.Resource, " ")
	return kind
}

// PrintChange writes what a stack costs before and after a change, both at the
// prices known here, and the difference.
func PrintChange(w io.Writer, before, after *plan.Plan) error {
	was, knew := Of(before)
	now, know := Of(after)
	if !knew && !know {
		_, err := io.WriteString(w, unknown)
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "cost, a rough estimate of a month, %s:\n", meaning)
	fmt.Fprintf(&b, "  before      %s\n  after       %s\n  difference  %s\n", cents(was, knew), cents(now, know), difference(was, now))
	fmt.Fprintf(&b, "  %s%s\n", leftOut, nodes(after))
	_, err := io.WriteString(w, b.String())
	return err
}

// String is the estimate in whole dollars.
func (e Estimate) String() string { return fmt.Sprintf("%.0f to %.0f USD", e.Least, e.Most) }

// cents is an estimate as it is compared: a change may be of one secret.
func cents(e Estimate, known bool) string {
	if !known {
		return "no estimate"
	}
	return fmt.Sprintf("%.2f to %.2f USD", e.Least, e.Most)
}

func difference(was, now Estimate) string {
	least, most := rounded(now.Least-was.Least), rounded(now.Most-was.Most)
	if least == 0 && most == 0 {
		return "none"
	}
	return fmt.Sprintf("%+.2f to %+.2f USD", least, most)
}

// rounded is to the cent; no cent at all has no sign.
func rounded(dollars float64) float64 { return math.Round(dollars*100)/100 + 0 }
