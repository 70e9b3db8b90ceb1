package cost

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

const (
	unknown = "cost: no estimate; nothing in this plan is billed by what runs, or its prices are not known here\n"
	meaning = "from the fewest instances without a request to all of them busy"
	leftOut = "list prices noted in " + asOf + ", not of a bill, without free tier, requests, data, logs, stored images and Astra"
)

// Print writes the estimate, or why there is none.
func Print(w io.Writer, p *plan.Plan) error {
	text := unknown
	if e, known := Of(p); known {
		text = fmt.Sprintf("cost, a rough estimate: %s a month, %s; %s%s\n", e, meaning, leftOut, nodes(p))
	}
	_, err := io.WriteString(w, text+quota(p))
	return err
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
