package ecs

import (
	"fmt"
	"math"
	"strconv"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/target/sizes"
)

// units are a scale's processors and memory as Fargate counts them.
func units(scale app.Scale) (cpu, memory int, err error) {
	cores, err := strconv.ParseFloat(scale.CPU, 64)
	if err != nil {
		return 0, 0, fmt.Errorf("cpu %q is no number of processors", scale.CPU)
	}
	cpu = int(math.Round(cores * 1024))
	memory, err = sizes.Mebibytes(scale.Memory)
	if err != nil {
		return cpu, 0, fmt.Errorf("memory: %w", err)
	}
	return cpu, memory, nil
}
