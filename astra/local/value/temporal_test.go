package value_test

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

func TestDurations(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"1h30m": "PT1H30M", "5400000000000ns": "PT1H30M", "P1Y2M3W4DT5H6M7.5S": "P1Y2M25DT5H6M7.5S", "-1mo2d": "-P1M2D", "0s": "PT0S",
		"9223372036854775807ns": "PT2562047H47M16.854775807S", "2147483647d": "P2147483647D", "1Y1MO": "P1Y1M", "90us": "PT0.00009S",
	} {
		got, err := value.ParseDuration(in)
		if err != nil || got.(value.Dur).String() != want {
			t.Errorf("%s is %v, want %s: %v", in, got, want, err)
		}
	}
	for _, in := range []string{
		"", "P", "PT", "-P", "1x", "P1H", "9223372036854775808ns", "9223372036854775807ns1ns", "2562048h", "2147483648d",
		"178956971y", "306783379w", strings.Repeat("9", 30) + "ns",
	} {
		if got, err := value.ParseDuration(in); err == nil {
			t.Errorf("%s is %v", in, got)
		}
	}
}

func TestTimestampsOfAnyYear(t *testing.T) {
	t.Parallel()
	at := value.Type{Kind: value.Timestamp}
	for in, want := range map[string]string{
		"2026-01-02T03:04:05.678+02:00": "2026-01-02T01:04:05.678Z", "+10000-02-29T00:00:00Z": "+10000-02-29T00:00:00Z",
		"-0004-02-29T00:00:00.5Z":        "-0004-02-29T00:00:00.500Z",
		"+292278994-08-17T07:12:55.807Z": "+292278994-08-17T07:12:55.807Z", "0000-01-01T00:00:00Z": "0000-01-01T00:00:00Z",
	} {
		v, err := value.Parse(at, in)
		if err != nil || value.Render(at, v) != want {
			t.Errorf("%s is %v, want %s: %v", in, v, want, err)
		}
	}
	for _, in := range []string{"+10001-02-29T00:00:00Z", "+292278995-01-01T00:00:00Z", "-999999999-01-01T00:00:00Z",
		"10000-01-01T00:00:00Z", "+10000"} {
		if v, err := value.Parse(at, in); err == nil {
			t.Errorf("%s is %v", in, v)
		}
	}
}
