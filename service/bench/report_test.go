package bench_test

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// report prints a table, in the form that docs/performance.md has it in.
func report(out io.Writer, all []*loaded, results map[string][]*result, spans *waits) {
	var names []string
	for _, one := range all {
		names = append(names, fmt.Sprintf("%s (%d videos)", one.size.Name, one.size.Videos))
	}
	_, _ = fmt.Fprintf(out, "\n%s, %s/%s, %d processors for %d clients, the service and the embedded Astra together\nsizes: %s\n\n",
		time.Now().UTC().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), clients, strings.Join(names, " / "))
	_, _ = fmt.Fprintln(out, "| request | requests/s | p50, ms | p99, ms | waits for Astra | itself p50, ms | itself p99, ms | p50 grows |\n"+
		"|---|---|---|---|---|---|---|---|")
	for _, name := range requests() {
		some := results[name]
		_, _ = fmt.Fprintf(out, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", name,
			each(some, func(r *result) string { return short(float64(len(r.took)) / r.during.Seconds()) }),
			each(some, func(r *result) string { return ms(r.percentile(50)) }),
			each(some, (*result).p99),
			each(some, func(r *result) string { return percent(spans.share(r.traces)) }),
			each(some, func(r *result) string { return itself(spans.own(r.reads), 50) }),
			each(some, func(r *result) string { return itself(spans.own(r.reads), 99) }),
			growth(some))
	}
}

func each(results []*result, say func(*result) string) string {
	var parts []string
	for _, r := range results {
		parts = append(parts, say(r))
	}
	return strings.Join(parts, " / ")
}

// itself is a percentile of the times that the service took without Astra.
func itself(own []time.Duration, p int) string {
	if len(own) < enough {
		return "–"
	}
	return ms(own[(len(own)-1)*p/100])
}

// growth compares the last size with the first one.
func growth(results []*result) string {
	small, large := results[0].percentile(50), results[len(results)-1].percentile(50)
	return fmt.Sprintf("× %.2g", float64(large)/float64(small))
}

func (r *result) percentile(p int) time.Duration {
	slices.Sort(r.took)
	return r.took[(len(r.took)-1)*p/100]
}

// p99 of fewer than a hundred requests would be the slowest one's time.
func (r *result) p99() string {
	if len(r.took) < enough {
		return "–"
	}
	return ms(r.percentile(99))
}

func ms(d time.Duration) string { return short(float64(d.Microseconds()) / 1000) }

// short is a number with three figures, or all before the point.
func short(x float64) string {
	if x >= 100 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.3g", x)
}

func percent(share float64, ok bool) string {
	if !ok {
		return "–"
	}
	return fmt.Sprintf("%.0f %%", 100*share)
}

func TestPercentilesAndGrowth(t *testing.T) {
	t.Parallel()
	fast, slow := &result{}, &result{}
	for i := range 101 {
		fast.took = append(fast.took, time.Duration(100-i)*time.Millisecond)
		slow.took = append(slow.took, time.Duration(3*i)*time.Millisecond)
	}
	if got := fast.p99(); got != "99" || fast.percentile(50) != 50*time.Millisecond {
		t.Errorf("p99 %s, p50 %v", got, fast.percentile(50))
	}
	if got := short(1234.5) + " " + short(12.345); got != "1234 12.3" {
		t.Errorf("numbers are %s", got)
	}
	if got := growth([]*result{fast, fast, slow}); got != "× 3" {
		t.Errorf("it grows %s", got)
	}
	if got := (&result{took: fast.took[:99]}).p99(); got != "–" {
		t.Errorf("p99 of 99 requests is %s", got)
	}
}
