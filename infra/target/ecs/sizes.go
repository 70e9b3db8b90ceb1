package ecs

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// size is a range of memory in MiB that Fargate offers with some processors.
type size struct{ low, high, step int }

// sizeOf is what goes with so many units of processor; 1024 units are one.
func sizeOf(cpu int) (size, bool) {
	switch cpu {
	case 256:
		return size{512, 2048, 512}, true
	case 512:
		return size{1024, 4096, 1024}, true
	case 1024:
		return size{2048, 8192, 1024}, true
	case 2048:
		return size{4096, 16384, 1024}, true
	case 4096:
		return size{8192, 30720, 1024}, true
	case 8192:
		return size{16384, 61440, 4096}, true
	case 16384:
		return size{32768, 122880, 8192}, true
	}
	return size{}, false
}

// units are a scale's processors and memory as Fargate counts them.
func units(scale app.Scale) (cpu, memory int, err error) {
	cores, err := strconv.ParseFloat(scale.CPU, 64)
	if err != nil {
		return 0, 0, fmt.Errorf("cpu %q is no number of processors", scale.CPU)
	}
	cpu = int(math.Round(cores * 1024))
	number, factor := strings.TrimSuffix(scale.Memory, "Mi"), 1
	if gib, ok := strings.CutSuffix(scale.Memory, "Gi"); ok {
		number, factor = gib, 1024
	}
	memory, err = strconv.Atoi(number)
	if err != nil || number == scale.Memory {
		return cpu, 0, fmt.Errorf("memory %q is no size such as 2Gi", scale.Memory)
	}
	return cpu, memory * factor, nil
}

func (s size) holds(memory int) bool {
	// With a quarter of a processor Fargate has 512, 1024 and 2048, not 1536.
	odd := s.high == 2048 && memory == 1536
	return memory >= s.low && memory <= s.high && memory%s.step == 0 && !odd
}
