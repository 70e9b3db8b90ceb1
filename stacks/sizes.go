package stacks

import (
	"fmt"
	"math"
	"strconv"
)

// leastMemory is what a stack gets that names no memory: the least that the
// target sells with so many processors, so that the defaults of every target
// go together. Half a gibibyte is enough for the API itself.
func leastMemory(target, cpu string) string {
	cores, err := strconv.ParseFloat(cpu, 64)
	if err != nil {
		cores = 1
	}
	switch {
	case target == "ecs":
		// Fargate: two gibibytes a processor, at every size.
		return fmt.Sprintf("%dMi", max(512, int(math.Round(cores*2048))))
	case target == "cloudrun" && cores >= 6:
		return "4Gi"
	case target == "cloudrun" && cores >= 4:
		return "2Gi"
	}
	return "512Mi"
}
