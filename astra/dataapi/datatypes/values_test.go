package datatypes

import (
	"encoding/json"
	"testing"
)

func TestValuesOnTheWire(t *testing.T) {
	t.Parallel()
	duration, err := NewDuration(-1, -2, -3)
	if err != nil {
		t.Fatal(err)
	}
	uuid, objectID := MustParseUUID("00000000-0000-7000-8000-000000000001"), NewObjectId()
	for want, value := range map[string]any{
		`"2026-02-03"`:                      NewDateOnly(2026, 2, 3),
		`"-0044-03-15"`:                     NewDateOnly(-44, 3, 15),
		`"+10000-01-01"`:                    NewDateOnly(10000, 1, 1),
		`"04:05:06.000000007"`:              NewTimeOnly(4, 5, 6, 7),
		`"-1mo2d3ns"`:                       duration,
		`"0s"`:                              Duration{},
		`{"$uuid":"` + uuid.String() + `"}`: uuid,
		`{"$objectId":"` + objectID.String() + `"}`: objectID,
	} {
		if got, err := json.Marshal(value); err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	if _, err := NewDuration(1, -1, 0); err == nil {
		t.Error("a duration of parts with different signs was accepted")
	}
}

// TestTextsOfDurations: people read the long form, the API the short one.
func TestTextsOfDurations(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		d           Duration
		long, short string
	}{
		{Duration{}, "0s", "0s"},
		{Duration{14, 3, 2*3600e9 + 60e9 + 7e6 + 9}, "1y2mo3d2h1m7ms9ns", "14mo3d7260007000009ns"},
		{Duration{-12, 0, -5e3}, "-1y5us", "-12mo5000ns"},
	} {
		short, err := test.d.MarshalText()
		if test.d.String() != test.long || string(short) != test.short || err != nil {
			t.Errorf("%+v is %s and %s, %v", test.d, test.d, short, err)
		}
	}
}

func TestValuesAreRead(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]Duration{
		`"1y2mo1w3d4h5m6s7ms8us9ns"`: {14, 10, 4*3600e9 + 5*60e9 + 6e9 + 7e6 + 8e3 + 9},
		`"-P1Y2M3DT4H5M6.007S"`:      {-14, -3, -(4*3600e9 + 5*60e9 + 6e9 + 7e6)},
		`"P2W"`:                      {0, 14, 0},
		`"0s"`:                       {},
	} {
		var got Duration
		if err := json.Unmarshal([]byte(given), &got); err != nil || got != want {
			t.Errorf("%s gave %+v, %v", given, got, err)
		}
		var again Duration
		if err := again.UnmarshalText([]byte(want.String())); err != nil || again != want {
			t.Errorf("%s came back as %+v, %v", want, again, err)
		}
	}
	var day DateOnly
	if err := json.Unmarshal([]byte(`"-0044-03-15"`), &day); err != nil || day != NewDateOnly(-44, 3, 15) {
		t.Errorf("got %v, %v", day, err)
	}
	for _, given := range []string{`"04:05"`, `"04:05:00"`, `"04:05:00.0"`} {
		var at TimeOnly
		if err := json.Unmarshal([]byte(given), &at); err != nil || at != NewTimeOnly(4, 5, 0, 0) {
			t.Errorf("%s gave %v, %v", given, at, err)
		}
	}
	id := NewUUIDv4()
	for _, given := range []string{`"` + id.String() + `"`, `{"$uuid":"` + id.String() + `"}`} {
		var got UUID
		if err := json.Unmarshal([]byte(given), &got); err != nil || !got.Equals(id) || got.Version() != 4 {
			t.Errorf("%s gave %v, %v", given, got, err)
		}
	}
}

func TestBadValuesAreRefused(t *testing.T) {
	t.Parallel()
	for bad, into := range map[string]any{
		`"2026-02-30"`: new(DateOnly), `"26-02-03"`: new(DateOnly), `"2026-2-3"`: new(DateOnly), `""`: new(DateOnly),
		`"25:00"`: new(TimeOnly), `"04:05:06.1234567890"`: new(TimeOnly), `"4:5"`: new(TimeOnly),
		`"1"`: new(Duration), `"P"`: new(Duration), `"-"`: new(Duration), `"1d1y"`: new(Duration), `"3000000000mo"`: new(Duration),
		`"PT"`: new(Duration), `{"$uuid":"x"}`: new(UUID), `7`: new(UUID), `{"$objectId":"zz"}`: new(ObjectId), `{}`: new(ObjectId),
	} {
		if err := json.Unmarshal([]byte(bad), into); err == nil {
			t.Errorf("%s was read as %v", bad, into)
		}
	}
}
