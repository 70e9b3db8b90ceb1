package stacks

import "testing"

func TestMemoryThatIsNotNamedGoesWithTheProcessors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ target, cpu, want string }{
		{"local", "1", "512Mi"}, {"kubernetes", "4", "512Mi"},
		{"ecs", "0.25", "512Mi"}, {"ecs", "0.5", "1024Mi"}, {"ecs", "1", "2048Mi"}, {"ecs", "16", "32768Mi"}, {"ecs", "banana", "2048Mi"},
		{"cloudrun", "1", "512Mi"}, {"cloudrun", "2", "512Mi"}, {"cloudrun", "4", "2Gi"}, {"cloudrun", "6", "4Gi"}, {"cloudrun", "8", "4Gi"},
	} {
		if got := leastMemory(c.target, c.cpu); got != c.want {
			t.Errorf("%s with %s processors: got %s, want %s", c.target, c.cpu, got, c.want)
		}
	}
}
