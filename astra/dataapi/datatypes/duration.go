package datatypes

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Duration is the value of a duration column. Months, days and nanoseconds
// cannot be converted into each other and have the same sign.
type Duration struct {
	Months, Days int32
	Nanoseconds  int64
}

// NewDuration makes a duration of parts with the same sign.
func NewDuration(months, days int32, nanoseconds int64) (Duration, error) {
	d := Duration{months, days, nanoseconds}
	if (months < 0 || days < 0 || nanoseconds < 0) && (months > 0 || days > 0 || nanoseconds > 0) {
		return Duration{}, fmt.Errorf("the parts of duration %+v have different signs", d)
	}
	return d, nil
}

// String is such as -1y1mo2d5h6m7s8ms9us10ns.
func (d Duration) String() string {
	return d.text([]unit{{"y", 12}, {"mo", 1}}, []unit{
		{"h", int64(time.Hour)}, {"m", int64(time.Minute)}, {"s", int64(time.Second)}, {"ms", int64(time.Millisecond)},
		{"us", int64(time.Microsecond)}, {"ns", 1},
	})
}

// unit has its size in months or in nanoseconds.
type unit struct {
	name string
	size int64
}

func (d Duration) text(months, nanoseconds []unit) string {
	if d == (Duration{}) {
		return "0s"
	}
	text := "-"
	if d.Months >= 0 && d.Days >= 0 && d.Nanoseconds >= 0 {
		text = ""
	}
	for _, part := range []struct {
		n     int64
		units []unit
	}{{int64(d.Months), months}, {int64(d.Days), []unit{{"d", 1}}}, {d.Nanoseconds, nanoseconds}} {
		for _, u := range part.units {
			if n := part.n / u.size; n != 0 {
				text += strings.TrimPrefix(strconv.FormatInt(n, 10), "-") + u.name
			}
			part.n %= u.size
		}
	}
	return text
}

// Both are compiled when they are needed first: most programs use no durations.
var (
	shortDuration = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:(\d+)y)?(?:(\d+)mo)?(?:(\d+)w)?(?:(\d+)d)?` +
			`(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?(?:(\d+)[uµ]s)?(?:(\d+)ns)?$`)
	})
	isoDuration = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?` +
			`(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,9}))?S)?)?$`)
	})
)

// units are the parts of shortDuration: months, days or nanoseconds, and how
// many of them.
var units = []struct {
	part int
	size int64
}{{0, 12}, {0, 1}, {1, 7}, {1, 1}, {2, 3600e9}, {2, 60e9}, {2, 1e9}, {2, 1e6}, {2, 1e3}, {2, 1}}

// ParseDuration reads forms such as -1y2mo3d4h5m6s7ms and ISO 8601's
// P1Y2M3DT4H5M6.007S.
func ParseDuration(s string) (Duration, error) {
	rest, negative := strings.CutPrefix(s, "-")
	parts := shortDuration().FindStringSubmatch(strings.ToLower(rest))
	if iso := isoDuration().FindStringSubmatch(rest); iso != nil {
		nanoseconds := iso[8] + strings.Repeat("0", 9-len(iso[8]))
		parts = append(append([]string{rest}, iso[1:8]...), "", "", nanoseconds)
	}
	var sums [3]big.Int
	for i := range parts[min(1, len(parts)):] {
		n, ok := new(big.Int).SetString(parts[i+1], 10)
		if ok {
			sum := &sums[units[i].part]
			sum.Add(sum, n.Mul(n, big.NewInt(units[i].size)))
		}
	}
	if negative {
		for i := range sums {
			sums[i].Neg(&sums[i])
		}
	}
	d := Duration{int32(sums[0].Int64()), int32(sums[1].Int64()), sums[2].Int64()}
	if len(rest) < 2 || parts == nil || rest == "PT" || !sums[2].IsInt64() ||
		big.NewInt(int64(d.Months)).Cmp(&sums[0]) != 0 || big.NewInt(int64(d.Days)).Cmp(&sums[1]) != 0 {
		return Duration{}, fmt.Errorf("%q is not a duration such as 1y2mo3d4h5m6s or P1Y2M3DT4H5M6S, or too long", s)
	}
	return d, nil
}

// MarshalText implements [encoding.TextMarshaler].
func (d Duration) MarshalText() ([]byte, error) {
	return []byte(d.text([]unit{{"mo", 1}}, []unit{{"ns", 1}})), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Duration) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDuration(string(text))
	return err
}
