package sizes

import "testing"

func TestPairs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cpu    float64
		memory int
		google bool
		amazon bool
	}{
		{0.25, 512, false, true}, {0.25, 1024, false, true}, {0.25, 1536, false, false}, {0.25, 2048, false, true},
		{0.5, 512, false, false}, {0.75, 1024, false, false}, {1, 512, true, false}, {1, 2048, true, true}, {1, 4096, true, true},
		{1, 8192, false, true}, {1, 2500, true, false}, {2, 8192, true, true}, {4, 1024, false, false}, {4, 16384, true, true},
		{6, 4096, true, false}, {8, 4096, true, false}, {8, 20480, true, true}, {8, 18432, true, false}, {16, 32768, false, true},
		{0.05, 512, false, false}, {3, 4096, false, false}, {300. / 1024, 512, false, false}, {0, 512, false, false},
	} {
		google, sold := CloudRun(c.cpu)
		if got := sold && google.Holds(c.memory); got != c.google {
			t.Errorf("Cloud Run with %v processors and %d MiB: %v", c.cpu, c.memory, got)
		}
		amazon, sold := Fargate(int(c.cpu * 1024))
		if got := sold && amazon.Holds(c.memory); got != c.amazon {
			t.Errorf("Fargate with %v processors and %d MiB: %v", c.cpu, c.memory, got)
		}
	}
}

func TestMebibytes(t *testing.T) {
	t.Parallel()
	for size, want := range map[string]int{"512Mi": 512, "2Gi": 2048} {
		if got, err := Mebibytes(size); err != nil || got != want {
			t.Errorf("%s: %d, %v", size, got, err)
		}
	}
	for _, bad := range []string{"", "512", "banana", "1.5Gi", "Mi", "512M"} {
		if got, err := Mebibytes(bad); err == nil {
			t.Errorf("%q is %d", bad, got)
		}
	}
}
