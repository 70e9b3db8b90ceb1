// Package sizes knows which processors and memory a platform sells together.
// The providers validate neither, so both the targets' settings and the rules
// over plans ask here. It knows no SDK and no settings.
package sizes

import (
	"fmt"
	"strconv"
	"strings"
)

// Range is the memory in MiB that can be had with some processors.
type Range struct{ Low, High, Step int }

// Holds tells whether so many MiB can be had.
func (r Range) Holds(memory int) bool {
	// With a quarter of a processor Fargate has 512, 1024 and 2048, not 1536.
	odd := r == Range{512, 2048, 512} && memory == 1536
	return memory >= r.Low && memory <= r.High && memory%r.Step == 0 && !odd
}

// Fargate is what goes with so many units of processor; 1024 units are one.
func Fargate(units int) (Range, bool) {
	switch units {
	case 256:
		return Range{512, 2048, 512}, true
	case 512:
		return Range{1024, 4096, 1024}, true
	case 1024:
		return Range{2048, 8192, 1024}, true
	case 2048:
		return Range{4096, 16384, 1024}, true
	case 4096:
		return Range{8192, 30720, 1024}, true
	case 8192:
		return Range{16384, 61440, 4096}, true
	case 16384:
		return Range{32768, 122880, 8192}, true
	}
	return Range{}, false
}

// CloudRun is what goes with so many processors, in the second generation of
// the execution environment; only the first has less than one.
func CloudRun(cores float64) (Range, bool) {
	switch cores {
	case 1:
		return Range{512, 4096, 1}, true
	case 2:
		return Range{512, 8192, 1}, true
	case 4:
		return Range{2048, 16384, 1}, true
	case 6:
		return Range{4096, 24576, 1}, true
	case 8:
		return Range{4096, 32768, 1}, true
	}
	return Range{}, false
}

// Mebibytes reads a size such as 512Mi or 2Gi.
func Mebibytes(size string) (int, error) {
	number, factor := strings.TrimSuffix(size, "Mi"), 1
	if gib, ok := strings.CutSuffix(size, "Gi"); ok {
		number, factor = gib, 1024
	}
	n, err := strconv.Atoi(number)
	if err != nil || number == size {
		return 0, fmt.Errorf("%q is no size such as 512Mi", size)
	}
	return n * factor, nil
}

// fargateQuota is how many processors of Fargate an account may run at a time in a
// region by default; a new one may have fewer, and AWS raises it on request and,
// with use, by itself: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html
const fargateQuota = 6

// FargateQuota warns when so many tasks of so many units could need more than a
// new account has; "" if they do not. While a deployment rolls, as many again run.
func FargateQuota(units, most int) string {
	needed := float64(units) / 1024 * float64(most)
	if 2*needed <= fargateQuota {
		return ""
	}
	return fmt.Sprintf(
		"%d tasks of %g processors need %g of Fargate, and %g while a deployment rolls; "+
			"an account may run %d in a region by default, a new one perhaps fewer, and tasks beyond that wait. "+
			"Raise \"Fargate On-Demand vCPU resource count\" at "+
			"https://console.aws.amazon.com/servicequotas/home/services/fargate/quotas/L-3032A538",
		most,
		float64(units)/1024,
		needed,
		2*needed,
		fargateQuota,
	)
}
