package value

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

func parseTimestamp(in any) (any, error) {
	if v, ok := Wrapped(in, "$date"); ok {
		n, isNumber := v.(json.Number)
		if !isNumber {
			return nil, errors.New("$date must be a number of milliseconds")
		}
		return parseInt(n, 64)
	}
	s, ok := in.(string)
	if !ok {
		return nil, mismatch(Timestamp, `an ISO-8601 string or {"$date": milliseconds}`, in)
	}
	t, err := parseInstant(s)
	if err != nil {
		return nil, errors.New("an ISO-8601 instant such as 2026-01-02T03:04:05Z was expected")
	}
	return t.UnixMilli(), nil
}

var signedYear = regexp.MustCompile(`^([+-]\d{4,9})(-.*)$`)

// parseInstant reads a year with a sign as well, which may have more than four
// digits.
func parseInstant(s string) (time.Time, error) {
	m := signedYear.FindStringSubmatch(s)
	if m == nil {
		return time.Parse(time.RFC3339Nano, s)
	}
	year, err := strconv.Atoi(m[1])
	if err != nil {
		return time.Time{}, err
	}
	const leap = 2000
	t, err := time.Parse(time.RFC3339Nano, strconv.Itoa(leap)+m[2])
	if err != nil {
		return time.Time{}, err
	}
	moved := t.AddDate(year-leap, 0, 0)
	if moved.Day() != t.Day() || !moved.Equal(time.UnixMilli(moved.UnixMilli()).Add(time.Duration(t.Nanosecond()%1e6))) {
		return time.Time{}, errors.New("no such day, or too far away")
	}
	return moved, nil
}

func renderTimestamp(ms int64) string {
	t := time.UnixMilli(ms).UTC()
	if ms%1000 != 0 {
		return yearText(t.Year()) + t.Format("-01-02T15:04:05.000Z")
	}
	return yearText(t.Year()) + t.Format("-01-02T15:04:05Z")
}

const daySeconds = 24 * 60 * 60

var dateForm = regexp.MustCompile(`^([+-]\d{4,9}|\d{4})-(\d\d)-(\d\d)$`)

var errDate = errors.New("a date such as 2026-01-02 was expected")

// parseDate reads what Java's LocalDate takes, as far as the database's 32 bits
// of days reach: a year with a sign may have more than four digits.
func parseDate(s string) (any, error) {
	m := dateForm.FindStringSubmatch(s)
	if m == nil || m[1] == "-0000" || m[1][0] == '+' && len(m[1]) < 6 || m[1][0] == '-' && len(m[1]) > 5 && m[1][1] == '0' {
		return nil, errDate
	}
	year, _ := strconv.Atoi(m[1])
	month, _ := strconv.Atoi(m[2])
	day, _ := strconv.Atoi(m[3])
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if month < 1 || month > 12 || day < 1 || t.Day() != day {
		return nil, errDate
	}
	days := t.Unix() / daySeconds // exact: it is midnight
	if days > math.MaxInt32 || days < math.MinInt32 {
		return nil, errors.New("the date is out of the range of the type date")
	}
	return days, nil
}

func renderDate(days int64) string {
	t := time.Unix(days*daySeconds, 0).UTC()
	return yearText(t.Year()) + t.Format("-01-02")
}

// yearText has four digits at least, and a sign where it has more or is before
// the year 0.
func yearText(year int) string {
	switch {
	case year > 9999:
		return fmt.Sprintf("+%d", year)
	case year < 0:
		return fmt.Sprintf("-%04d", -year)
	}
	return fmt.Sprintf("%04d", year)
}

var timeForm = regexp.MustCompile(`^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{0,9}))?)?$`)

// parseTime reads what Java's LocalTime takes.
func parseTime(s string) (any, error) {
	m := timeForm.FindStringSubmatch(s)
	if m == nil {
		return nil, errors.New("a time such as 10:20:30 was expected")
	}
	var n [4]int64
	for i, digits := range []string{m[1], m[2], m[3], (m[4] + "000000000")[:9]} {
		n[i], _ = strconv.ParseInt(digits, 10, 64)
	}
	if n[0] > 23 || n[1] > 59 || n[2] > 59 {
		return nil, errors.New("a time such as 10:20:30 was expected")
	}
	return n[0]*3600e9 + n[1]*60e9 + n[2]*1e9 + n[3], nil
}

func renderTime(ns int64) string {
	s := fmt.Sprintf("%02d:%02d", ns/3600e9, ns/60e9%60)
	sec, frac := ns/1e9%60, ns%1e9
	if sec == 0 && frac == 0 {
		return s
	}
	s += fmt.Sprintf(":%02d", sec)
	switch {
	case frac == 0:
	case frac%1e6 == 0:
		s += fmt.Sprintf(".%03d", frac/1e6)
	case frac%1e3 == 0:
		s += fmt.Sprintf(".%06d", frac/1e3)
	default:
		s += fmt.Sprintf(".%09d", frac)
	}
	return s
}

// Dur is a Cassandra duration: months, days and nanoseconds, kept apart
// because their ratio is not fixed.
type Dur struct{ Months, Days, Nanos int64 }

var isoDuration = regexp.MustCompile(`^(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?` +
	`(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,9}))?S)?)?$`)
var alternativeDuration = regexp.MustCompile(`^(-?)P(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})$`)
var cqlDuration = regexp.MustCompile(`^(-?)((?:\d+(?:y|mo|w|d|h|ms|us|µs|ns|m|s))+)$`)
var cqlUnit = regexp.MustCompile(`(\d+)(y|mo|w|d|h|ms|us|µs|ns|m|s)`)

// ParseDuration reads ISO-8601 (P1Y2M3DT4H) or CQL (1h30m) durations.
func ParseDuration(s string) (any, error) {
	if m := isoDuration.FindStringSubmatch(s); m != nil && s != "P" && s != "-P" && !strings.HasSuffix(s, "T") {
		return isoParts(m)
	}
	if m := alternativeDuration.FindStringSubmatch(s); m != nil {
		return isoParts([]string{"", m[1], m[2], m[3], "", m[4], m[5], m[6], m[7], ""})
	}
	if m := cqlDuration.FindStringSubmatch(strings.ToLower(s)); m != nil {
		return cqlParts(m)
	}
	return nil, errors.New("a duration such as P1DT2H or 1h30m was expected")
}

type unit struct {
	name string
	size int64
}

// units are those of a duration from the longest to the shortest, the order in which
// it must name them: two of months, two of days, the others of nanoseconds. They
// are read only.
var units = []unit{{"y", 12}, {"mo", 1}, {"w", 7}, {"d", 1}, {"h", 3600e9}, {"m", 60e9}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}}

func isoParts(m []string) (any, error) {
	var d Dur
	for i, number := range m[2:9] {
		if err := d.add(number, i); err != nil {
			return nil, err
		}
	}
	if m[9] != "" {
		if err := d.add((m[9] + "00000000")[:9], len(units)-1); err != nil {
			return nil, err
		}
	}
	return d.signed(m[1]), nil
}

func cqlParts(m []string) (any, error) {
	var d Dur
	last := -1
	for _, p := range cqlUnit.FindAllStringSubmatch(m[2], -1) {
		at := slices.IndexFunc(units, func(u unit) bool { return u.name == strings.Replace(p[2], "µ", "u", 1) })
		if at <= last {
			return nil, errors.New("the units of a duration must go from the longest to the shortest, each once")
		}
		last = at
		if err := d.add(p[1], at); err != nil {
			return nil, err
		}
	}
	return d.signed(m[1]), nil
}

// add adds a number of a unit. Months and days have 32 bits, nanoseconds 64.
func (d *Dur) add(number string, unit int) error {
	if number == "" {
		return nil
	}
	part, most := &d.Nanos, int64(math.MaxInt64)
	switch {
	case unit < 2:
		part, most = &d.Months, math.MaxInt32
	case unit < 4:
		part, most = &d.Days, math.MaxInt32
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n > (most-*part)/units[unit].size {
		return errors.New("the duration is out of range")
	}
	*part += n * units[unit].size
	return nil
}

func (d Dur) signed(sign string) Dur {
	if sign == "-" {
		return Dur{-d.Months, -d.Days, -d.Nanos}
	}
	return d
}

// String writes the ISO-8601 form.
func (d Dur) String() string {
	if d == (Dur{}) {
		return "PT0S"
	}
	sign := ""
	if d.Months < 0 || d.Days < 0 || d.Nanos < 0 {
		sign, d = "-", d.signed("-")
	}
	s := sign + "P" + part(d.Months/12, "Y") + part(d.Months%12, "M") + part(d.Days, "D")
	if d.Nanos == 0 {
		return s
	}
	s += "T" + part(d.Nanos/3600e9, "H") + part(d.Nanos/60e9%60, "M")
	if rest := d.Nanos % 60e9; rest != 0 {
		s += strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d.%09d", rest/1e9, rest%1e9), "0"), ".") + "S"
	}
	return s
}

func part(n int64, unit string) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10) + unit
}
