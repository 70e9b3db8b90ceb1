package datatypes

import (
	"fmt"
	"time"
)

// DateOnly is the value of a date column.
type DateOnly struct{ Year, Month, Day int }

// NewDateOnly makes a day.
func NewDateOnly(year, month, day int) DateOnly { return DateOnly{year, month, day} }

// DateOnlyFromTime is the day of a time in the time's zone.
func DateOnlyFromTime(t time.Time) DateOnly { return DateOnly{t.Year(), int(t.Month()), t.Day()} }

// ToTime is the day's midnight in UTC.
func (d DateOnly) ToTime() time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)
}

// String is YYYY-MM-DD; years before 0 and after 9999 have a sign.
func (d DateOnly) String() string {
	sign, year := "", d.Year
	switch {
	case year < 0:
		sign, year = "-", -year
	case year > 9999:
		sign = "+"
	}
	return fmt.Sprintf("%s%04d-%02d-%02d", sign, year, d.Month, d.Day)
}

// ParseDateOnly reads what String writes.
func ParseDateOnly(s string) (DateOnly, error) {
	var d DateOnly
	rest, sign := s, 1
	if s != "" && (s[0] == '-' || s[0] == '+') {
		rest = s[1:]
		if s[0] == '-' {
			sign = -1
		}
	}
	n, err := fmt.Sscanf(rest, "%d-%2d-%2d", &d.Year, &d.Month, &d.Day)
	d.Year *= sign
	if err != nil || n != 3 || DateOnlyFromTime(d.ToTime()) != d || d.String() != s && "+"+d.String() != s {
		return DateOnly{}, fmt.Errorf("%q is not a date; it reads YYYY-MM-DD", s)
	}
	return d, nil
}

// MarshalText implements [encoding.TextMarshaler].
func (d DateOnly) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *DateOnly) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDateOnly(string(text))
	return err
}

// TimeOnly is the value of a time column.
type TimeOnly struct{ Hour, Minute, Second, Nanosecond int }

// NewTimeOnly makes a time of day.
func NewTimeOnly(hour, minute, second, nanosecond int) TimeOnly {
	return TimeOnly{hour, minute, second, nanosecond}
}

// TimeOnlyFromTime is the time of day of a time in the time's zone.
func TimeOnlyFromTime(t time.Time) TimeOnly {
	return TimeOnly{t.Hour(), t.Minute(), t.Second(), t.Nanosecond()}
}

// String is HH:MM:SS.NNNNNNNNN.
func (t TimeOnly) String() string {
	return fmt.Sprintf("%02d:%02d:%02d.%09d", t.Hour, t.Minute, t.Second, t.Nanosecond)
}

// ParseTimeOnly reads HH:MM, HH:MM:SS and HH:MM:SS with up to nine decimals.
func ParseTimeOnly(s string) (TimeOnly, error) {
	for _, layout := range []string{"15:04:05", "15:04"} { // the first takes decimals too
		if t, err := time.Parse(layout, s); err == nil && len(s) <= len("15:04:05.123456789") {
			return TimeOnlyFromTime(t), nil
		}
	}
	return TimeOnly{}, fmt.Errorf("%q is not a time of day; it reads HH:MM:SS.NNNNNNNNN", s)
}

// MarshalText implements [encoding.TextMarshaler].
func (t TimeOnly) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (t *TimeOnly) UnmarshalText(text []byte) (err error) {
	*t, err = ParseTimeOnly(string(text))
	return err
}
